import fc from 'fast-check';
import { expect, test } from 'vitest';
import { populations } from '../timeline/records.ts';
import { maximumUsers, planLoad } from './plan.ts';

test('200/s: 25 users of each population, each used every half second', () => {
  const plan = planLoad(200, 0);
  expect(plan.ratePerSecond['fresh-get']).toBe(50);
  expect(plan.users['persistent-post']).toBe(25);
  expect(plan.requestTimeoutMs).toBe(5_000);
  expect(maximumUsers(plan, 'fresh-get')).toBe(275);
});

test('a short delay needs no more users, a long one does', () => {
  expect(planLoad(200, 0.2).users['fresh-get']).toBe(25);
  expect(planLoad(200, 2).users['fresh-get']).toBe(115);
  expect(planLoad(200, 5).requestTimeoutMs).toBeGreaterThan(5_000);
});

test('the rate is split evenly and users suffice for the delay', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (rate, delay) => {
        const plan = planLoad(rate, delay);
        const total = populations.reduce((sum, population) => sum + plan.ratePerSecond[population], 0);
        expect(total).toBeCloseTo(rate);
        for (const population of populations) {
          expect(plan.users[population]).toBeGreaterThanOrEqual(plan.ratePerSecond[population] * delay);
          expect(plan.requestTimeoutMs).toBeGreaterThan(delay * 1000);
        }
      },
    ),
  );
});
