import { expect, test } from 'vitest';
import type { PodRecord } from '../timeline/records.ts';
import { phaseAt, podHistories } from './pods.ts';

type Step = [atMs: number, event: PodRecord['event']];
const usual: Step[] = [
  [0, 'created'],
  [10, 'started'],
  [20, 'listening'],
  [30, 'ready'],
  [100, 'deleted'],
  [101, 'preStopBegan'],
  [200, 'sigterm'],
  [210, 'listenerClosed'],
  [300, 'exited'],
  [310, 'gone'],
];

test.each([
  { name: 'before it was created', steps: usual, atMs: -1, phase: 'unknown' },
  { name: 'created', steps: usual, atMs: 0, phase: 'starting' },
  { name: 'listening, not ready', steps: usual, atMs: 25, phase: 'starting' },
  { name: 'ready', steps: usual, atMs: 30, phase: 'serving' },
  { name: 'preStop runs', steps: usual, atMs: 150, phase: 'deleted' },
  { name: 'SIGTERM in this instant', steps: usual, atMs: 200, phase: 'terminating' },
  { name: 'listener closed', steps: usual, atMs: 250, phase: 'draining' },
  { name: 'exited', steps: usual, atMs: 305, phase: 'exited' },
  { name: 'gone', steps: usual, atMs: 1000, phase: 'exited' },
  {
    name: 'unready is still serving',
    steps: [
      [0, 'created'],
      [30, 'ready'],
      [40, 'unready'],
    ] as Step[],
    atMs: 50,
    phase: 'serving',
  },
  {
    name: 'readiness during deletion changes nothing',
    steps: [
      [0, 'created'],
      [30, 'ready'],
      [40, 'deleted'],
      [45, 'unready'],
      [50, 'ready'],
    ] as Step[],
    atMs: 60,
    phase: 'deleted',
  },
  {
    name: 'closed its listener while preStop ran',
    steps: [
      [0, 'created'],
      [30, 'ready'],
      [40, 'deleted'],
      [50, 'listenerClosed'],
      [60, 'sigterm'],
    ] as Step[],
    atMs: 70,
    phase: 'draining',
  },
  {
    name: 'crashed and started again',
    steps: [
      [0, 'created'],
      [5, 'started'],
      [30, 'ready'],
      [40, 'exited'],
      [50, 'started'],
    ] as Step[],
    atMs: 60,
    phase: 'starting',
  },
  {
    name: 'crashed, not yet started again',
    steps: [
      [0, 'created'],
      [5, 'started'],
      [30, 'ready'],
      [40, 'exited'],
      [50, 'started'],
    ] as Step[],
    atMs: 45,
    phase: 'exited',
  },
])('phase: $name', ({ steps, atMs, phase }) => {
  // Records of different watchers may be out of order by a little.
  const records = steps
    .toReversed()
    .map(([at, event]): PodRecord => ({ type: 'pod', atMs: at, pod: 'a', event, revision: 'old' }));
  expect(phaseAt(podHistories(records, []).get('a'), atMs)).toBe(phase);
});

test('a pod that was never seen', () => {
  expect(phaseAt(undefined, 0)).toBe('unknown');
});
