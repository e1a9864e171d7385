/**
 * Milliseconds on the system's monotonic clock. Every process of one machine reads the same clock
 * (CLOCK_MONOTONIC), so times of the lab and of the balancer can be compared as they are.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Both clocks at one moment: what turns the epoch times of k6 into monotonic ones. */
export interface ClockReading {
  monotonicMs: number;
  epochMs: number;
}

/**
 * Reads both clocks at the edge of a millisecond of the wall clock, so that the pair is exact to a few
 * microseconds although `Date.now()` has whole milliseconds. Blocks for at most one millisecond.
 */
export function readClocks(): ClockReading {
  const before = Date.now();
  for (;;) {
    const epochMs = Date.now();
    if (epochMs !== before) return { monotonicMs: monotonicMs(), epochMs };
  }
}

/** Rounds to microseconds: what a timeline stores. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
