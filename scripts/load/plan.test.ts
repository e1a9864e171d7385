import fc from 'fast-check';
import { expect, test } from 'vitest';
import { populations } from '../timeline/records.ts';
import { planLoad, planPretest, slowServerSlackSeconds, totalRatePerSecond, turnMs } from './plan.ts';
import { rateLadder } from './rate.ts';

test('200/s: 25 users of each population, each used every half second', () => {
  const plan = planLoad(200, 0);
  expect(plan.ratePerSecond['fresh-get']).toBe(50);
  expect(plan.users['persistent-post']).toBe(25);
  expect(plan.requestTimeoutMs).toBe(5_000);
  expect(plan.maximumUsers['fresh-get']).toBe(275);
  expect(turnMs(plan)).toBe(500);
});

test('a short delay needs no more users, a long one does', () => {
  expect(planLoad(200, 0.2).users['fresh-get']).toBe(25);
  expect(planLoad(200, 2).users['fresh-get']).toBe(115);
  expect(planLoad(200, 5).requestTimeoutMs).toBeGreaterThan(5_000);
});

test('where new connections may hang, there are users for all that wait, and as many kept connections as elsewhere', () => {
  const plan = planLoad(200, 0, { connectMayHang: true });
  expect(plan.users).toEqual({
    'fresh-get': 275,
    'fresh-post': 275,
    'persistent-get': 25,
    'persistent-post': 25,
  });
  expect(turnMs(plan)).toBe(500);
});

test('the rate is split evenly and users suffice for the delay', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (rate, delay) => {
        const plan = planLoad(rate, delay);
        expect(totalRatePerSecond(plan)).toBeCloseTo(rate);
        for (const population of populations) {
          expect(plan.users[population]).toBeGreaterThanOrEqual(plan.ratePerSecond[population] * delay);
          expect(plan.maximumUsers[population]).toBeGreaterThan(plan.users[population]);
          expect(plan.requestTimeoutMs).toBeGreaterThan(delay * 1000);
        }
      },
    ),
  );
});

test('at every rate of the ladder k6 has whole numbers, and each user its turn before a wait of a trial ends', () => {
  for (const rate of rateLadder) {
    const plan = planLoad(rate, 0.2, { slackSeconds: slowServerSlackSeconds });
    // k6 takes requests in 4 s (load/k6/script.ts).
    expect(Number.isInteger(plan.ratePerSecond['fresh-get'] * 4)).toBe(true);
    expect(turnMs(plan)).toBeLessThan(plan.requestTimeoutMs);
  }
});

test('a pre-test queues no more requests than it has users, and waits for all of them', () => {
  const plan = planPretest(200, 0.2);
  expect(plan.maximumUsers).toEqual(plan.users);
  expect(plan.requestTimeoutMs).toBe(60_000);
});
