import { expect, test } from 'vitest';
import { planSweep } from './plan.ts';

const moments = (request: Parameters<typeof planSweep>[0]) =>
  planSweep(request).connections.map(({ actsAfterMs }) => actsAfterMs!);

test('one request on each idle connection, spread evenly around SIGTERM', () => {
  const { session, condition, connections } = planSweep({ connections: 4000, seed: 1 });
  expect({ session, condition }).toEqual({ session: 'sweep', condition: 'quiet' });
  expect(connections.map(({ id }) => id)).toEqual(connections.map((_, index) => index));
  expect(connections.every(({ state }) => state === 'idle')).toBe(true);
  for (let from = -20; from < 20; from += 4) {
    const inside = connections.filter(
      ({ actsAfterMs }) => actsAfterMs! >= from && actsAfterMs! < from + 4,
    ).length;
    // A tenth of 4000: five standard deviations are 95.
    expect(Math.abs(inside - 400)).toBeLessThan(95);
  }
});

test('the seed fixes the moments, and another seed gives others', () => {
  const request = { connections: 50, seed: 7 };
  expect(moments(request)).toEqual(moments(request));
  expect(moments(request)).not.toEqual(moments({ ...request, seed: 8 }));
});

test('the spread can be chosen', () => {
  const chosen = moments({ connections: 500, seed: 1, spreadMs: 100 });
  expect(Math.max(...chosen)).toBeGreaterThan(90);
  expect(Math.min(...chosen)).toBeLessThan(-90);
  expect(chosen.every((moment) => Math.abs(moment) <= 100)).toBe(true);
});
