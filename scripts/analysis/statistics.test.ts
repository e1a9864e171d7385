import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clopperPearson,
  clopperPearsonBetween,
  connectionEndsPerRollout,
  fisherExact,
  type Bound,
} from './statistics.ts';

describe('Clopper–Pearson', () => {
  // 1 − 0.05^(1/n)
  test.each([
    { trials: 1, upper: 0.95 },
    { trials: 5, upper: 0.4507197 },
    { trials: 15, upper: 0.1810364 },
    { trials: 59, upper: 0.0495076 },
    { trials: 299, upper: 0.0099692 },
  ])('0 of $trials', ({ trials, upper }) => {
    expect(clopperPearson(0, trials)).toMatchObject({ kind: 'upper' });
    expect(upperOf(clopperPearson(0, trials))).toBeCloseTo(upper, 6);
    expect(upperOf(clopperPearson(0, trials))).toBeCloseTo(1 - 0.05 ** (1 / trials), 10);
  });

  // Published tables of exact binomial intervals.
  test.each([
    { hits: 1, trials: 10, lower: 0.0025286, upper: 0.4450161 },
    { hits: 5, trials: 10, lower: 0.1870861, upper: 0.8129139 },
    { hits: 5, trials: 5, lower: 0.4781762, upper: 1 },
    { hits: 10, trials: 12, lower: 0.5158623, upper: 0.9791375 },
  ])('$hits of $trials', ({ hits, trials, lower, upper }) => {
    const bound = clopperPearson(hits, trials);
    expect(lowerOf(bound)).toBeCloseTo(lower, 6);
    expect(upperOf(bound)).toBeCloseTo(upper, 6);
  });

  test('no trial gives no bound; nonsense is an error', () => {
    expect(clopperPearson(0, 0)).toBeNull();
    for (const [hits, trials] of [
      [2, 1],
      [-1, 3],
      [0.5, 3],
    ] as const) {
      expect(() => clopperPearson(hits, trials)).toThrow(RangeError);
    }
  });

  const some = fc
    .integer({ min: 1, max: 400 })
    .chain((trials) => fc.record({ trials: fc.constant(trials), hits: fc.integer({ min: 0, max: trials }) }));

  test('the interval holds what was seen, within 0 and 1', () => {
    fc.assert(
      fc.property(some, ({ hits, trials }) => {
        const bound = clopperPearson(hits, trials);
        const share = hits / trials;
        expect(lowerOf(bound)).toBeGreaterThanOrEqual(0);
        expect(lowerOf(bound)).toBeLessThanOrEqual(share);
        expect(upperOf(bound)).toBeGreaterThanOrEqual(share);
        expect(upperOf(bound)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('more trials without a hit lower the bound; more hits raise both ends', () => {
    fc.assert(
      fc.property(some, ({ hits, trials }) => {
        expect(upperOf(clopperPearson(0, trials + 1))).toBeLessThan(upperOf(clopperPearson(0, trials)));
        if (hits === 0 || hits === trials) return;
        const [fewer, more] = [clopperPearson(hits, trials), clopperPearson(hits + 1, trials)];
        expect(lowerOf(more)).toBeGreaterThan(lowerOf(fewer));
        expect(upperOf(more)).toBeGreaterThan(upperOf(fewer));
      }),
    );
  });
});

test('connections that end in a rollout', () => {
  expect(connectionEndsPerRollout(5)).toBeCloseTo(1.48832, 5);
  expect(connectionEndsPerRollout(100_000)).toBeCloseTo(Math.E - 1, 4);
});

function upperOf(bound: Bound | null): number {
  return bound?.upper ?? NaN;
}

function lowerOf(bound: Bound | null): number {
  return bound?.kind === 'interval' ? bound.lower : 0;
}

test('hits that are known only to be between two figures have the interval of both', () => {
  expect(clopperPearsonBetween(2, 2, 5)).toEqual(clopperPearson(2, 5));
  expect(clopperPearsonBetween(1, 3, 5)).toEqual({
    kind: 'interval',
    lower: lowerOf(clopperPearson(1, 5)),
    upper: upperOf(clopperPearson(3, 5)),
  });
  expect(clopperPearsonBetween(0, 1, 5)).toMatchObject({ kind: 'interval', lower: 0 });
  expect(clopperPearsonBetween(0, 0, 0)).toBeNull();
});

describe("Fisher's exact test", () => {
  // The lady tasting tea (Fisher 1935), and sums of binomials by hand.
  test.each([
    { first: [3, 4], second: [1, 4], p: 0.4857143 },
    { first: [1, 5], second: [0, 5], p: 1 },
    { first: [3, 5], second: [0, 5], p: 0.1666667 },
    { first: [5, 5], second: [0, 5], p: 0.0079365 },
    { first: [1, 15], second: [9, 12], p: 0.000755 },
    { first: [0, 5], second: [0, 15], p: 1 },
  ] as const)('$first against $second', ({ first, second, p }) => {
    const share = ([hits, trials]: readonly [number, number]) => ({ hits, trials });
    expect(fisherExact(share(first), share(second))).toBeCloseTo(p, 6);
    expect(fisherExact(share(second), share(first))).toBeCloseTo(p, 6);
  });

  test('nonsense is an error', () => {
    expect(() => fisherExact({ hits: 2, trials: 1 }, { hits: 0, trials: 1 })).toThrow(RangeError);
  });
});
