import { describe, expect, test } from 'vitest';
import type { EndpointRecord, PodRecord } from '../timeline/records.ts';
import type { TrialFindings } from './findings.ts';
import { propagationDelayOf, withPropagationDelay } from './propagation.ts';
import { syntheticFindings, findingsFrom } from './testing/findings.ts';
import { asKubernetes, proxiesMs } from './testing/kubernetes.ts';
import { life, removed } from './testing/pods.ts';
import { analyseSmall, newConnection, type SmallRequest } from './testing/small-trial.ts';
import { syntheticRecords } from './testing/synthetic.ts';

const pod = (sigtermMs: number | null): (PodRecord | EndpointRecord)[] => [
  ...life('a', [
    [-2000, 'created'],
    [[2000, 2020], 'deleted'],
    ...(sigtermMs === null ? [] : ([[[sigtermMs, sigtermMs + 100], 'sigterm']] as const)),
    [9000, 'exited'],
  ]),
  removed('a', [2000, 2050]),
];

const fresh = (atMs: number, name: string): SmallRequest => ({
  id: `fresh-get-${atMs}`,
  atMs,
  pod: name,
  timings: newConnection,
});

describe('one termination', () => {
  // 100 new connections a second on three endpoints: none for 90 ms means, with 95 %, that the pod is out.
  test.each([
    { name: 'the last new connection it answered', sigtermMs: 4000, last: 2600, complete: true },
    {
      name: 'told to stop 80 ms later: others may have been to come',
      sigtermMs: 2683,
      last: 2600,
      complete: false,
    },
    { name: 'told to stop 95 ms later', sigtermMs: 2698, last: 2600, complete: true },
    { name: 'nobody knows when it was told to stop', sigtermMs: null, last: 2600, complete: false },
  ])('$name', ({ sigtermMs, last, complete }) => {
    const requests = [fresh(1500, 'a'), fresh(last, 'a'), fresh(last + 50, 'b')];
    const { propagation } = analyseSmall({ pods: pod(sigtermMs), requests });
    expect(propagation).toMatchObject([{ pod: 'a', delayMs: last - 2020, complete }]);
    const [earliest, latest] = propagation![0]!.betweenMs;
    expect(earliest).toBe(last - 2020);
    expect(latest).toBeCloseTo(last + 4 - 1.1 - 2000, 1);
  });

  test('no connection after the deletion is no delay; connections that were open say nothing', () => {
    const open: SmallRequest = { id: 'persistent-post-1', atMs: 3500, pod: 'a' };
    const { propagation } = analyseSmall({ pods: pod(4000), requests: [fresh(1990, 'a'), open] });
    expect(propagation).toMatchObject([{ delayMs: 0, complete: true }]);
  });

  test.each([
    { name: 'long before the pod was gone', goneMs: 5000, complete: true },
    { name: 'just before the pod was gone', goneMs: 2750, complete: false },
    { name: 'when the pod was gone', goneMs: 2600, complete: true },
  ])('the last connection that the node saw, $name, whoever answered', ({ goneMs, complete }) => {
    const seen = life('a', [
      [[2800, 2800], 'lastNewConnection'],
      [[goneMs, goneMs + 100], 'gone'],
    ]);
    const { propagation } = analyseSmall({ pods: [...pod(2010), ...seen], requests: [fresh(1990, 'a')] });
    expect(propagation).toEqual([{ pod: 'a', delayMs: 780, betweenMs: [780, 800], complete }]);
  });

  test('the clock of k6 widens it', () => {
    const clocks = [0, 20_000].map((atMs) => ({ atMs, offsetMs: 0, uncertaintyMs: 15 }));
    const { propagation } = analyseSmall({ pods: pod(4000), requests: [fresh(2600, 'a')], clocks });
    expect(propagation![0]!.betweenMs[0]).toBe(565);
  });

  test('a cluster with a set delay measures none', () => {
    expect(syntheticFindings()).not.toHaveProperty('propagation');
  });
});

const trial = (hookMs: number, changes: Partial<TrialFindings> = {}): TrialFindings => ({
  ...findingsFrom(asKubernetes(syntheticRecords({ durationMs: 6000 }), { hookMs })),
  ...changes,
});

describe('a run', () => {
  test('takes the median of the terminations that show it whole', () => {
    const delay = propagationDelayOf([trial(1000), trial(0)]);
    expect(delay).toMatchObject({ measured: { terminations: 3 }, trials: ['toy/bare/naive/1'], leftOut: 3 });
    // Between the proxies' delay and the connection before.
    expect(delay?.measured?.medianMs).toBeGreaterThan(proxiesMs - 100);
    expect(delay?.measured?.medianMs).toBeLessThanOrEqual(proxiesMs);
  });

  test('tells by quartiles when there are two kinds of delay', () => {
    const delays = [100, 100, 100, 200, 1000, 1000, 1000];
    const propagation = delays.map((delayMs) => ({
      pod: 'a',
      delayMs,
      betweenMs: [delayMs, delayMs] as [number, number],
      complete: true,
    }));
    expect(propagationDelayOf([trial(1000, { propagation })])?.measured).toMatchObject({
      medianMs: 200,
      quartilesMs: [100, 1000],
    });
  });

  test('has none where every pod is told to stop at once, or nothing is valid', () => {
    expect(propagationDelayOf([trial(0)])).toEqual({ measured: null, trials: [], leftOut: 3 });
    const invalid = trial(1000, { invalid: [{ code: 'x', text: '' }] });
    expect(propagationDelayOf([invalid])).toEqual({ measured: null, trials: [], leftOut: 0 });
  });

  test('has nothing to measure where it is set', () => {
    expect(propagationDelayOf([syntheticFindings()])).toBeUndefined();
  });

  test('gives its median to trials that do not know it, and to no other', () => {
    const measured = propagationDelayOf([trial(1000)]);
    const known = syntheticFindings();
    const delays = withPropagationDelay([trial(0), known], measured).map(
      ({ conditions }) => conditions.propagationDelayMs,
    );
    expect(delays).toEqual([measured?.measured?.medianMs, 500]);
    expect(withPropagationDelay([trial(0)], undefined)[0]?.conditions.propagationDelayMs).toBeNull();
  });
});
