import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { forEachPopulation } from './populations.ts';
import { isWindowUnknown, smallestWindowSeenMs, type PowerConditions } from './power.ts';

/** A restart of five replicas under this rate of each population. */
function restart(ratePerSecond: number, replicas = 5, preStopMs = 0): PowerConditions {
  return {
    replicas,
    conditions: {
      ratePerSecond: forEachPopulation(() => ratePerSecond),
      requestDelayMs: 0,
      preStopMs,
      propagationDelayMs: 500,
    },
  };
}

const times = (count: number, ratePerSecond: number) =>
  Array.from({ length: count }, () => restart(ratePerSecond));

describe('smallest loss window that the load would have seen with 95 %', () => {
  // ln 20 / (K·r·N) with K = 1.48832
  test.each([
    { name: 'the default load', restarts: times(1, 50), ms: 40.26 },
    { name: 'three repetitions', restarts: times(3, 50), ms: 13.42 },
    { name: 'all of 200/s on persistent connections', restarts: times(1, 200), ms: 10.06 },
    { name: '11 restarts at 200/s find a millisecond', restarts: times(11, 200), ms: 0.915 },
    { name: 'a repetition at a lower rate adds little', restarts: [restart(50), restart(2.5)], ms: 38.34 },
    { name: 'two replicas', restarts: [restart(50, 2)], ms: 47.93 },
  ])('persistent: $name', ({ restarts, ms }) => {
    expect(smallestWindowSeenMs(restarts, 'persistent')).toBeCloseTo(ms, 1);
  });

  // ln 20 / (R/(R + 1)·r·N), with r of GET and POST
  test.each([
    { name: 'the default load', restarts: times(1, 50), ms: 35.95 },
    { name: 'three repetitions', restarts: times(3, 50), ms: 11.98 },
  ])('fresh: $name', ({ restarts, ms }) => {
    expect(smallestWindowSeenMs(restarts, 'fresh')).toBeCloseTo(ms, 1);
  });

  // The Service has left the pod out 500 ms after its deletion, and SIGTERM comes when the hook is over.
  test.each([
    { name: 'no new connection comes after the hook', restarts: [restart(50, 5, 2000)], ms: null },
    { name: 'a hook that is over just when the Service knows', restarts: [restart(50, 5, 500)], ms: null },
    { name: 'too few come while the Service still has the pod', restarts: [restart(2.5)], ms: null },
    { name: 'but enough in two restarts', restarts: times(2, 2.5), ms: 359.5 },
    { name: 'of which a hook takes a part', restarts: [restart(50, 5, 480)], ms: null },
    { name: 'of which a short hook takes a part', restarts: [restart(50, 5, 460)], ms: 35.95 },
  ])('fresh: $name', ({ restarts, ms }) => {
    const seenMs = smallestWindowSeenMs(restarts, 'fresh');
    if (ms === null) expect(seenMs).toBeNull();
    else expect(seenMs).toBeCloseTo(ms, 1);
  });

  test('nobody knows it for new connections where the delay of the cluster is not known', () => {
    const unknown = restart(50);
    unknown.conditions.propagationDelayMs = null;
    expect(smallestWindowSeenMs([restart(50), unknown], 'fresh')).toBeNull();
    expect(isWindowUnknown([restart(50), unknown], 'fresh')).toBe(true);
    expect(isWindowUnknown([restart(50, 5, 2000)], 'fresh')).toBe(false);
    expect(smallestWindowSeenMs([unknown], 'persistent')).toBeCloseTo(40.26, 1);
    expect(isWindowUnknown([unknown], 'persistent')).toBe(false);
  });

  test('persistent connections still reach the pod after a hook', () => {
    expect(smallestWindowSeenMs([restart(50, 5, 2000)], 'persistent')).toBeCloseTo(40.26, 1);
  });

  test('more restarts see shorter windows, in proportion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.constantFrom(10, 50, 200), (count, rate) => {
        const oneMs = smallestWindowSeenMs([restart(rate)], 'persistent')!;
        expect(smallestWindowSeenMs(times(count, rate), 'persistent')).toBeCloseTo(oneMs / count, 6);
      }),
    );
  });

  test('no restart and no load see nothing', () => {
    expect(smallestWindowSeenMs([], 'persistent')).toBeNull();
    expect(smallestWindowSeenMs([restart(0)], 'fresh')).toBeNull();
  });

  test('agrees with simulated restarts: a window that long is missed about 1 in 20 times', () => {
    const windowMs = smallestWindowSeenMs([restart(50)], 'persistent')!;
    const random = seededRandom(1);
    const restarts = Array.from({ length: 4000 }, () => lossesOf({ random, replicas: 5, windowMs }));
    const missed = restarts.filter((losses) => losses === 0).length / restarts.length;
    expect(missed).toBeGreaterThan(0.03);
    expect(missed).toBeLessThan(0.07);
  });
});

/** Of 200 persistent connections, each used once in 4 s; pod after pod is replaced, and its connections move. */
function lossesOf(simulated: { random: () => number; replicas: number; windowMs: number }): number {
  const { random, replicas, windowMs } = simulated;
  const pods = Array.from({ length: replicas }, (_, pod) => pod);
  const podOf = Array.from({ length: 200 }, () => Math.floor(random() * replicas));
  let losses = 0;
  for (let ended = 0; ended < replicas; ended += 1) {
    pods.splice(pods.indexOf(ended), 1, replicas + ended);
    for (const [connection, pod] of podOf.entries()) {
      if (pod !== ended) continue;
      if (random() < windowMs / 4000) losses += 1;
      podOf[connection] = pods[Math.floor(random() * replicas)]!;
    }
  }
  return losses;
}
