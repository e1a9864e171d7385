import type { ClockRecord, PodClockRecord } from '../timeline/records.ts';

/** More than this between two readings of both clocks means that the wall clock was set. */
export const clockToleranceMs = 5;

/** Turns k6's wall clock into trial time. */
export interface TrialClock {
  toTrialMs(epochMs: number): number;
  /** How far the two clocks moved against each other; null unless both were read twice. */
  stepMs: number | null;
}

/**
 * The clock from the readings at the start and at the end of a trial. Between them the offset is taken to
 * change evenly (drift); outside it is that of the nearest reading. Without a reading, trial time is
 * counted from `fallbackEpochMs`.
 */
export function trialClock(readings: readonly ClockRecord[], fallbackEpochMs: number): TrialClock {
  const first = readings.at(0);
  const last = readings.at(-1);
  if (first === undefined || last === undefined) {
    return { stepMs: null, toTrialMs: (epochMs) => epochMs - fallbackEpochMs };
  }
  const offsetMs = first.atMs - first.epochMs;
  const stepMs = last.atMs - last.epochMs - offsetMs;
  const spanMs = last.epochMs - first.epochMs;
  if (readings.length < 2 || spanMs <= 0) {
    return { stepMs: readings.length < 2 ? null : stepMs, toTrialMs: (epochMs) => epochMs + offsetMs };
  }
  const toTrialMs = (epochMs: number): number => {
    const share = Math.min(1, Math.max(0, (epochMs - first.epochMs) / spanMs));
    return epochMs + offsetMs + share * stepMs;
  };
  return { stepMs, toTrialMs };
}

/** The clock of k6's pod, where k6 does not run on the clock of the lab. */
export interface PodClock extends Pick<TrialClock, 'toTrialMs'> {
  /** Times of k6 are at most this far from the truth, beside their whole milliseconds. */
  uncertaintyMs: number;
  /** How far it moved against the lab's; null unless it was read twice. */
  stepMs: number | null;
  /** What both readings together leave unsure: a larger step is a real one. */
  stepUncertaintyMs: number;
}

/** Puts the clock of k6's pod on top of the lab's; its offset, too, is taken to change evenly. */
export function podClock(lab: TrialClock, readings: readonly PodClockRecord[]): PodClock {
  const first = readings.at(0);
  const last = readings.at(-1);
  if (first === undefined || last === undefined) {
    return { toTrialMs: (ms) => lab.toTrialMs(ms), uncertaintyMs: 0, stepMs: null, stepUncertaintyMs: 0 };
  }
  const spanMs = last.atMs - first.atMs;
  const stepMs = last.offsetMs - first.offsetMs;
  const toTrialMs = (epochMs: number): number => {
    const roughMs = lab.toTrialMs(epochMs - first.offsetMs);
    const share = spanMs <= 0 ? 0 : Math.min(1, Math.max(0, (roughMs - first.atMs) / spanMs));
    return roughMs - share * stepMs;
  };
  return {
    toTrialMs,
    uncertaintyMs: Math.max(first.uncertaintyMs, last.uncertaintyMs),
    stepMs: readings.length < 2 ? null : stepMs,
    stepUncertaintyMs: first.uncertaintyMs + last.uncertaintyMs,
  };
}
