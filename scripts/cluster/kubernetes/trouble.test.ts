import { expect, test } from 'vitest';
import { podStateOf } from './pod-state.ts';
import { podObject, second, type PodChanges } from './testing/pods.ts';
import { troubleOf, unschedulable } from './trouble.ts';

const starting = { ready: false, started: false };

test.each<[string, PodChanges, string | undefined]>([
  ['runs', {}, undefined],
  ['is being made', { ...starting, waiting: { reason: 'ContainerCreating' } }, undefined],
  ['had no image a moment ago', { ...starting, waiting: { reason: 'ErrImagePull' } }, undefined],
  [
    'has no image',
    { ...starting, waiting: { reason: 'ImagePullBackOff', message: 'not found' } },
    'has no image x:1 on its node (ImagePullBackOff: not found)',
  ],
  [
    'has no ConfigMap',
    { ...starting, waiting: { reason: 'CreateContainerConfigError', message: 'configmap "a" not found' } },
    'cannot be started (CreateContainerConfigError: configmap "a" not found)',
  ],
  [
    'ended once',
    { ...starting, restartCount: 1, lastTerminated: { exitCode: 3, reason: 'Error', finished: 2 } },
    undefined,
  ],
  [
    'ended twice',
    { ...starting, restartCount: 2, lastTerminated: { exitCode: 3, reason: 'Error', finished: 2 } },
    'ends again and again (exit code 3)',
  ],
  [
    'is backed off',
    {
      ...starting,
      restartCount: 1,
      waiting: { reason: 'CrashLoopBackOff' },
      lastTerminated: { exitCode: 127, reason: 'StartError', finished: 2 },
    },
    'ends again and again (exit code 127 (command not found))',
  ],
])('a pod that %s', (_name, changes, what) => {
  expect(troubleOf([podStateOf(podObject('a', changes))], [], 'x:1')?.what).toBe(what);
});

test('a ReplicaSet that may not make pods', () => {
  const failure = 'pods "a" is forbidden: exceeded quota';
  const replicaSet = { name: 'rs', uid: 'u', hash: 'h', replicas: 2, available: 0, failure };
  expect(troubleOf([], [replicaSet], 'x:1')).toEqual({ what: `gets no pods: ${failure}`, pod: 'rs' });
});

test('a pod that finds no node is given time', () => {
  const pods = [podStateOf(podObject('a', { ...starting, unschedulable: '0/1 nodes: Insufficient memory' }))];
  expect(unschedulable(pods, Date.parse(second(0)))).toBeUndefined();
  expect(unschedulable(pods, Date.parse(second(2)))?.what).toBe(
    'finds no node: 0/1 nodes: Insufficient memory',
  );
});
