import { describe, expect, test } from 'vitest';
import { podStatus } from './pod-status.ts';

const pod = (status: object): object => ({ items: [{ metadata: { name: 'k6-1' }, status }] });
const container = (state: object, more: object = {}): object =>
  pod({ phase: 'Running', containerStatuses: [{ name: 'k6', state }], ...more });

describe('what a pod is doing', () => {
  const cases: [name: string, list: object, expected: object][] = [
    ['no pod', { items: [] }, { state: 'absent' }],
    ['nothing known yet', pod({}), { state: 'waiting', reason: 'nothing happened', hopeless: false }],
    [
      'no node for it',
      pod({
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes: too little cpu',
          },
        ],
      }),
      { state: 'waiting', reason: 'Unschedulable: 0/1 nodes: too little cpu', hopeless: false },
    ],
    [
      'its container is being made',
      container({ waiting: { reason: 'ContainerCreating' } }),
      { state: 'waiting', reason: 'ContainerCreating', hopeless: false },
    ],
    [
      'the first pull failed',
      container({ waiting: { reason: 'ErrImagePull', message: 'no such host' } }),
      { state: 'waiting', reason: 'ErrImagePull: no such host', hopeless: false },
    ],
    [
      'no pull will do',
      container({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "k6"' } }),
      { state: 'waiting', reason: 'ImagePullBackOff: Back-off pulling image "k6"', hopeless: true },
    ],
    [
      'at work, and its reader is not there yet',
      pod({
        phase: 'Running',
        containerStatuses: [
          { name: 'reader', state: { waiting: { reason: 'ContainerCreating' } } },
          { name: 'k6', state: { running: {} } },
        ],
      }),
      { state: 'waiting' },
    ],
    [
      'ended, and its reader is there',
      pod({
        phase: 'Running',
        containerStatuses: [
          { name: 'reader', state: { running: {} } },
          { name: 'k6', state: { terminated: { exitCode: 105, reason: 'Error' } } },
        ],
      }),
      { state: 'ended', exitCode: 105 },
    ],
    ['at work', container({ running: { startedAt: '2026-01-01T00:00:00Z' } }), { state: 'running' }],
    [
      'ended as asked',
      container({ terminated: { exitCode: 105, reason: 'Error', message: 'aborted by interrupt\n' } }),
      {
        state: 'ended',
        exitCode: 105,
        detail: 'exit code 105',
        message: 'aborted by interrupt',
        started: true,
      },
    ],
    [
      'out of memory',
      container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      {
        state: 'ended',
        exitCode: 137,
        detail: 'exit code 137 (ended by SIGKILL, often for lack of memory): OOMKilled',
        started: true,
      },
    ],
    [
      'evicted while at work',
      container(
        { terminated: { exitCode: 0, reason: 'Completed' } },
        { reason: 'Evicted', message: 'low on memory' },
      ),
      { state: 'ended', exitCode: 0, detail: 'exit code 0: Evicted: low on memory' },
    ],
    [
      'evicted before',
      pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }),
      { state: 'ended', exitCode: undefined, detail: 'Evicted: low on memory', started: false },
    ],
    [
      'a program that cannot be run',
      container({ terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "k6": not found' } }),
      { state: 'ended', exitCode: 128, message: 'exec: "k6": not found', started: false },
    ],
  ];
  test.each(cases)('%s', (_, list, expected) => {
    expect(podStatus(list)).toMatchObject(expected);
  });
});
