import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachPopulation } from './populations.ts';
import { scheduleOf, summariseLags } from './schedule.ts';

const starts = (times: readonly number[]) => times.map((startMs, iteration) => ({ startMs, iteration }));

test('late starts are lag, not lost ticks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 120, maxLength: 400 }),
      fc.constantFrom(50, 100, 500),
      (lags, ratePerSecond) => {
        const intervalMs = 1000 / ratePerSecond;
        // In every second at least one request is punctual: the first of it.
        const perSecond = ratePerSecond;
        const times = lags.map((lag, index) => index * intervalMs + (index % perSecond === 0 ? 0 : lag));
        times[times.length - 1] = (times.length - 1) * intervalMs;
        const { planned, lagsMs } = scheduleOf(starts(times), ratePerSecond);
        expect(planned).toBe(lags.length);
        expect(Math.max(...lagsMs)).toBeCloseTo(Math.max(0, ...times.map((at, i) => at - i * intervalMs)), 6);
      },
    ),
  );
});

test('ticks that k6 dropped are planned', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 300 }), fc.integer({ min: 1, max: 50 }), (at, dropped) => {
      const times = Array.from({ length: 400 }, (_, index) => (index + (index < at ? 0 : dropped)) * 20);
      expect(scheduleOf(starts(times), 50).planned).toBe(400 + dropped);
    }),
  );
});

test('99th percentile over all populations', () => {
  const lagsMs = Float64Array.from({ length: 101 }, (_, index) => index);
  const schedules = forEachPopulation(() => ({ planned: 101, lagsMs }));
  expect(summariseLags(schedules)).toEqual({ p99Ms: 99, maxMs: 100 });
});

test('nothing was sent', () => {
  expect(scheduleOf([], 50).planned).toBe(0);
  const none = forEachPopulation(() => scheduleOf([], 50));
  expect(summariseLags(none)).toEqual({ p99Ms: null, maxMs: null });
});
