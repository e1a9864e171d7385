import { seconds } from './figures.ts';
import type { RunReport } from './model.ts';

/** From the deletion of a pod to the last new connection that reaches it. */
export interface Delay {
  /** What is set, or the median of what was measured. */
  usualMs: number;
  longestMs: number;
}

/** Null where it was neither set nor measured. */
export function delayOf({
  run,
  propagationDelay,
}: Pick<RunReport, 'run' | 'propagationDelay'>): Delay | null {
  const { propagationDelayMs } = run.cluster;
  if (propagationDelayMs !== null) return { usualMs: propagationDelayMs, longestMs: propagationDelayMs };
  const measured = propagationDelay?.measured ?? null;
  return measured && { usualMs: measured.medianMs, longestMs: measured.longestMs };
}

/** `0.50 s`, `0.61 s (up to 1.08 s)`, `not known`. */
export function delayText(delay: Delay | null): string {
  if (delay === null) return 'not known';
  const { usualMs, longestMs } = delay;
  return usualMs === longestMs ? seconds(usualMs) : `${seconds(usualMs)} (up to ${seconds(longestMs)})`;
}
