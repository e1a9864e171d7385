import { describe, expect, test } from 'vitest';
import type { EndpointRecord, PodRecord } from '../timeline/records.ts';
import type { Loss } from './findings.ts';
import { life, removed } from './testing/pods.ts';
import {
  analyseSmall,
  eof,
  newConnection,
  openConnection,
  refusedDial,
  type SmallRequest,
} from './testing/small-trial.ts';

/** Deleted at 2 s, told to stop 100 ms later at most, exited 300 ms after the deletion, gone within the next second. */
function quick(pod: string, deletedMs: number): (PodRecord | EndpointRecord)[] {
  return [
    ...life(pod, [
      [-2000, 'created'],
      [-1000, 'ready'],
      [[deletedMs, deletedMs + 10], 'deleted'],
      [[deletedMs + 5, deletedMs + 100], 'sigterm'],
      [deletedMs + 300, 'exited'],
      [[deletedMs + 400, deletedMs + 1300], 'gone'],
    ]),
    removed(pod, [deletedMs, deletedMs + 50]),
  ];
}

/** As `quick`, with a preStop hook of 2 s. */
function hooked(pod: string, deletedMs: number): (PodRecord | EndpointRecord)[] {
  return [
    ...life(pod, [
      [-2000, 'created'],
      [-1000, 'ready'],
      [[deletedMs, deletedMs + 10], 'deleted'],
      [[deletedMs + 2000, deletedMs + 2100], 'sigterm'],
      [deletedMs + 2300, 'exited'],
      [[deletedMs + 2400, deletedMs + 3300], 'gone'],
    ]),
    removed(pod, [deletedMs, deletedMs + 50]),
  ];
}

const apart = [...quick('a', 2000), ...quick('b', 6000)];
const close = [...quick('a', 2000), ...quick('b', 3000)];
const ofUser = (atMs: number, more: Partial<SmallRequest>): SmallRequest => ({
  id: `persistent-post-${Math.round(atMs)}`,
  user: 7,
  atMs,
  ...more,
});

test.each<{
  name: string;
  pods: (PodRecord | EndpointRecord)[];
  requests: SmallRequest[];
  loss: Partial<Loss>;
}>([
  {
    name: 'an answer names its pod',
    pods: close,
    requests: [
      { id: 'fresh-get-1', atMs: 3100, pod: 'b', status: 503, error: [1503, ''], timings: newConnection },
    ],
    loss: { pod: 'b', podFrom: 'answer', class: 'rejected' },
  },
  {
    name: 'refused, with one pod that no longer listens',
    pods: apart,
    requests: [{ id: 'fresh-get-1', atMs: 2400, ...refusedDial }],
    loss: { pod: 'a', podFrom: 'time', class: 'refused', sentPhase: 'exited' },
  },
  {
    name: 'refused, with two such pods',
    pods: close,
    requests: [{ id: 'fresh-get-1', atMs: 3400, ...refusedDial }],
    loss: { pod: '', podFrom: 'time', candidates: ['a', 'b'], sentPhase: 'exited' },
  },
  {
    name: 'two pods in different phases',
    pods: close,
    requests: [{ id: 'fresh-get-1', atMs: 3200, ...refusedDial }],
    loss: { pod: '', candidates: ['a', 'b'], sentPhase: 'ambiguous' },
  },
  {
    name: 'a pod whose preStop hook runs still listens',
    pods: [...quick('a', 2000), ...hooked('b', 2200)],
    requests: [{ id: 'fresh-get-1', atMs: 2500, ...refusedDial }],
    loss: { pod: 'a', podFrom: 'time' },
  },
  {
    name: 'a pod that left the Service long ago gets no new connection, although it is still there',
    pods: [
      ...life('a', [
        [-2000, 'created'],
        [2000, 'deleted'],
        [2010, 'sigterm'],
      ]),
      removed('a', 2050),
      ...quick('b', 6000),
    ],
    requests: [{ id: 'fresh-get-1', atMs: 6400, ...refusedDial }],
    loss: { pod: 'b', podFrom: 'time' },
  },
  {
    name: 'but it is the only one left to explain a loss, so its Service was slow',
    pods: [
      ...life('a', [
        [-2000, 'created'],
        [2000, 'deleted'],
        [5000, 'sigterm'],
        [5200, 'exited'],
      ]),
      removed('a', 2050),
    ],
    requests: [{ id: 'fresh-get-1', atMs: 5300, ...refusedDial }],
    loss: { pod: 'a', podFrom: 'time' },
  },
  {
    name: 'nothing in the restart explains it',
    pods: apart,
    requests: [{ id: 'fresh-get-1', atMs: 5000, ...refusedDial }],
    loss: { pod: '', podFrom: 'time', sentPhase: 'unknown' },
  },
  {
    name: 'an open connection ends at the pod that answered on it before',
    pods: close,
    requests: [
      ofUser(1500, { pod: 'b', timings: newConnection }),
      ofUser(2500, { pod: 'b' }),
      ofUser(3050, { ...eof, timings: openConnection }),
    ],
    loss: { pod: 'b', podFrom: 'connection', class: 'eof' },
  },
  {
    name: 'another user stands on another pod',
    pods: close,
    requests: [
      ofUser(1500, { pod: 'a', timings: newConnection }),
      { ...ofUser(1600, { pod: 'b', timings: newConnection }), user: 8 },
      ofUser(2050, { ...eof, timings: openConnection }),
    ],
    loss: { pod: 'a', podFrom: 'connection' },
  },
  {
    name: 'a connection that was made anew tells no pod',
    pods: apart,
    requests: [
      ofUser(1500, { pod: 'b', timings: newConnection }),
      ofUser(2350, { ...eof, timings: newConnection }),
    ],
    loss: { pod: 'a', podFrom: 'time', class: 'eof' },
  },
  {
    name: 'a dial that failed is no open connection',
    pods: apart,
    requests: [ofUser(1500, { pod: 'b', timings: newConnection }), ofUser(2350, refusedDial)],
    loss: { pod: 'a', podFrom: 'time', class: 'refused' },
  },
  {
    name: 'k6 may have sent it a second time without telling',
    pods: apart,
    requests: [
      ofUser(1500, { pod: 'b', timings: newConnection }),
      ofUser(2350, { ...eof, timings: [0.2, 0, 1.5, 1, 0] }),
    ],
    loss: { pod: 'a', podFrom: 'time' },
  },
  {
    name: 'an answer without a name on an open connection',
    pods: apart,
    requests: [
      ofUser(1500, { pod: 'b', timings: newConnection }),
      ofUser(6050, { status: 503, error: [1503, ''] }),
    ],
    loss: { pod: 'b', podFrom: 'connection', class: 'rejected' },
  },
  {
    name: 'a dial that nobody answered was made when it began, not 5 s later',
    pods: close,
    requests: [
      { id: 'fresh-get-1', atMs: 2800, forMs: 5004, ...refusedDial, error: [1050, 'request timeout'] },
    ],
    loss: {
      pod: 'a',
      class: 'timeout',
      text: 'request timeout (no connection)',
      betweenMs: { sent: [2800, 2805], failed: [7800, 7805] },
    },
  },
  {
    name: 'a connection that came about may have been lost by a pod that was told to stop later',
    pods: close,
    requests: [{ id: 'fresh-get-1', atMs: 2990, forMs: 300, ...eof, timings: [0.2, 0.1, 0.05, 290, 0] }],
    loss: { pod: '', candidates: ['a', 'b'], class: 'eof' },
  },
  {
    name: 'the kernel of the node saw the last connection to one of the two',
    pods: [...close, ...life('a', [[[3100, 3100], 'lastNewConnection']])],
    requests: [{ id: 'fresh-get-1', atMs: 3200, ...refusedDial }],
    loss: { pod: 'b', podFrom: 'time' },
  },
  {
    name: 'the last connection that was seen may not be the last when the pod was gone at once',
    pods: [...close, ...life('a', [[[3100, 3100], 'lastNewConnection']])].map((record) =>
      record.pod === 'a' && record.event === 'gone'
        ? { ...record, ...life('a', [[[3150, 3160], 'gone']])[0] }
        : record,
    ),
    requests: [{ id: 'fresh-get-1', atMs: 3200, ...refusedDial }],
    loss: { pod: '', candidates: ['a', 'b'] },
  },
  {
    name: 'nobody at that address any more',
    pods: apart,
    requests: [{ id: 'fresh-get-1', atMs: 2900, ...refusedDial, error: [1213, 'dial: no route to host'] }],
    loss: { pod: 'a', podFrom: 'time', class: 'unreachable' },
  },
])('$name', ({ pods, requests, loss }) => {
  const { losses } = analyseSmall({ pods, requests });
  expect(losses).toHaveLength(1);
  expect(losses[0]).toMatchObject(loss);
  expect(losses[0]?.candidates).toEqual(loss.candidates);
});

describe('terminations with a loss', () => {
  const refusedAt = (...times: number[]): SmallRequest[] =>
    times.map((atMs) => ({ id: `fresh-get-${atMs}`, atMs, ...refusedDial }));
  test.each([
    { name: 'one pod it can have been', requests: refusedAt(2400), lost: [1, 0], perhaps: [0, 0], hit: [1] },
    { name: 'one of two', requests: refusedAt(3400), lost: [0, 0], perhaps: [1, 1], hit: [1] },
    {
      name: 'two of the same two may be one',
      requests: refusedAt(3400, 3410),
      lost: [0, 0],
      perhaps: [2, 2],
      hit: [1, 2],
    },
    {
      name: 'one that is known, one that may be its',
      requests: refusedAt(2400, 3400),
      lost: [1, 0],
      perhaps: [1, 1],
      hit: [1, 2],
    },
    {
      name: 'both are known',
      requests: refusedAt(2400, 3400, 4600),
      lost: [1, 1],
      perhaps: [1, 1],
      hit: [2],
    },
  ])('$name', ({ requests, lost, perhaps, hit }) => {
    const { terminations, populations } = analyseSmall({ pods: close, requests });
    expect(terminations.map((termination) => termination.lost['fresh-get'] ?? 0)).toEqual(lost);
    expect(terminations.map(({ perhapsLost }) => perhapsLost?.['fresh-get'] ?? 0)).toEqual(perhaps);
    const { terminationsWithLoss, terminationsWithLossAtMost } = populations['fresh-get'];
    expect([terminationsWithLoss, terminationsWithLossAtMost]).toEqual([hit[0], hit[1]]);
  });
});

test('a loss that no pod explains is a doubt about the trial', () => {
  const request = { id: 'fresh-get-1', atMs: 5000, ...refusedDial };
  const flagsAt = (atMs: number) =>
    analyseSmall({ pods: apart, requests: [{ ...request, atMs }] }).flags.map(({ code }) => code);
  expect(flagsAt(5000)).toContain('loss-unexplained');
  expect(flagsAt(2400)).not.toContain('loss-unexplained');
});
