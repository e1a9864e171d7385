import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planLoad } from './plan.ts';
import { chooseRate, overloadOf, rateLadder } from './rate.ts';

describe('the rate for a slow server', () => {
  test.each([
    { name: 'all of it was carried', asked: 200, carried: 200, rate: 200 },
    { name: '95 % count as all', asked: 200, carried: 190, rate: 200 },
    { name: 'a little less does not', asked: 200, carried: 189.9, rate: 50 },
    { name: 'half of 100/s', asked: 200, carried: 100, rate: 50 },
    { name: 'gunicorn sync, five pods, 0.2 s', asked: 200, carried: 24.3, rate: 10 },
    { name: 'just enough for a step', asked: 200, carried: 20, rate: 10 },
    { name: 'just too little for it', asked: 200, carried: 19.9, rate: 5 },
    { name: 'the lowest step', asked: 200, carried: 2, rate: 1 },
    { name: 'below the lowest step', asked: 200, carried: 1.9, rate: undefined },
    { name: 'nothing', asked: 200, carried: 0, rate: undefined },
    { name: 'the highest step', asked: 2000, carried: 1800, rate: 100 },
    { name: 'never the rate that was not carried', asked: 100, carried: 94, rate: 20 },
  ])('$name', ({ asked, carried, rate }) => {
    expect(chooseRate(asked, carried)).toBe(rate);
  });

  test('is a step of the ladder below the rate of the run, at most half of what was carried', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 2000 }),
        fc.double({ min: 0, max: 0.949, noNaN: true }),
        (asked, share) => {
          const carried = asked * share;
          const rate = chooseRate(asked, carried);
          const lower = rateLadder.filter((step) => step <= carried / 2 && step < asked);
          if (rate === undefined) expect(carried).toBeLessThan(2);
          else expect(rate).toBe(Math.max(...lower));
        },
      ),
    );
  });

  test('does not fall when more is carried', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 2000 }),
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        (asked, shares) => {
          const [less, more] = shares.toSorted((a, b) => a - b) as [number, number];
          expect(chooseRate(asked, asked * more) ?? 0).toBeGreaterThanOrEqual(
            chooseRate(asked, asked * less) ?? 0,
          );
        },
      ),
    );
  });
});

describe('whether the load is carried when the warm-up is over', () => {
  test.each([
    { name: 'a few are open', delay: 0, open: 3, users: 40, overload: undefined },
    { name: 'as many as may be', delay: 0, open: 50, users: 100, overload: undefined },
    { name: 'one more', delay: 0, open: 51, users: 100, overload: '51 requests were open (limit 50)' },
    { name: 'slow requests are open for longer', delay: 0.2, open: 90, users: 100, overload: undefined },
    { name: 'too many slow ones', delay: 0.2, open: 91, users: 100, overload: '(limit 90)' },
    {
      name: 'users were added',
      delay: 0,
      open: 3,
      users: 102,
      overload: 'k6 had dropped some and added 2 users',
    },
  ])('$name', ({ delay, open, users, overload }) => {
    const pressure = { openRequests: open, activeUsers: users };
    const found = overloadOf(pressure, planLoad(200, delay), delay);
    if (overload === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(overload);
  });

  test('at low rates one open request is no overload', () => {
    for (const rate of rateLadder) {
      const pressure = { openRequests: 1, activeUsers: 1 };
      expect(overloadOf(pressure, planLoad(rate, 0), 0)).toBeUndefined();
    }
  });
});
