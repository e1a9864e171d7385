import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClockRecord } from '../timeline/records.ts';
import { podClock, trialClock } from './clock.ts';

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

test("the clock of k6's pod is put on the lab's, and its drift is taken to be even", () => {
  const lab = trialClock([reading(0, epoch), reading(10_000, epoch + 10_000)], 0);
  const pod = (atMs: number, offsetMs: number, uncertaintyMs = 1) =>
    ({ type: 'podClock', atMs, offsetMs, uncertaintyMs }) as const;
  const behind = podClock(lab, [pod(1000, -250, 3), pod(9000, -250, 2)]);
  expect([behind.toTrialMs(epoch + 4750), behind.uncertaintyMs, behind.stepMs]).toEqual([5000, 3, 0]);
  const drifting = podClock(lab, [pod(1000, 100), pod(9000, 108)]);
  const seen = [1000, 5000, 9000].map((atMs) => {
    const offset = 100 + (atMs - 1000) / 1000;
    return drifting.toTrialMs(epoch + atMs + offset);
  });
  for (const [index, atMs] of [1000, 5000, 9000].entries()) expect(seen[index]).toBeCloseTo(atMs, 1);
  expect([drifting.stepMs, drifting.stepUncertaintyMs]).toEqual([8, 2]);
  expect(podClock(lab, [pod(1000, 5)]).stepMs).toBeNull();
  expect(podClock(lab, [])).toMatchObject({ stepMs: null, uncertaintyMs: 0 });
});
