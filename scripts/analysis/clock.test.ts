import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClockRecord } from '../timeline/records.ts';
import { trialClock } from './clock.ts';

const reading = (atMs: number, epochMs: number): ClockRecord => ({ type: 'clock', atMs, epochMs });
const epoch = 1_700_000_000_000;

const readings = fc
  .record({
    offset: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    span: fc.integer({ min: 1000, max: 600_000 }),
    step: fc.integer({ min: -100, max: 100 }),
  })
  .map(({ offset, span, step }) => ({
    first: reading(offset, epoch),
    last: reading(offset + span + step, epoch + span),
    step,
  }));

test('both readings are met exactly, and the step is their difference', () => {
  fc.assert(
    fc.property(readings, ({ first, last, step }) => {
      const clock = trialClock([first, last], 0);
      expect(clock.toTrialMs(first.epochMs)).toBe(first.atMs);
      expect(clock.toTrialMs(last.epochMs)).toBe(last.atMs);
      expect(clock.stepMs).toBe(step);
    }),
  );
});

test('later stays later, and no offset is beyond those that were read', () => {
  const times = fc.tuple(fc.integer({ min: -1000, max: 700_000 }), fc.integer({ min: 1, max: 1000 }));
  fc.assert(
    fc.property(readings, times, ({ first, last }, [at, after]) => {
      const clock = trialClock([first, last], 0);
      const [a, b] = [clock.toTrialMs(epoch + at), clock.toTrialMs(epoch + at + after)];
      expect(b).toBeGreaterThan(a);
      const offsets = [first.atMs - first.epochMs, last.atMs - last.epochMs];
      expect(a - (epoch + at)).toBeGreaterThanOrEqual(Math.min(...offsets));
      expect(a - (epoch + at)).toBeLessThanOrEqual(Math.max(...offsets));
    }),
  );
});

test('one reading gives a time and no step; none counts from the fallback', () => {
  const one = trialClock([reading(10, epoch)], 0);
  expect([one.toTrialMs(epoch + 5), one.stepMs]).toEqual([15, null]);
  const none = trialClock([], epoch);
  expect([none.toTrialMs(epoch + 5), none.stepMs]).toEqual([5, null]);
});
