import { roundMs } from '../../support/clock.ts';
import type { Sighting } from '../../timeline/records.ts';

/** Something happened between these two moments, both included; milliseconds of trial time unless said otherwise. */
export type Span = readonly [earliestMs: number, latestMs: number];

/** What a timestamp of Kubernetes stands for: the API cuts off fractions of seconds. In epoch milliseconds. */
export function wholeSecond(timestamp: string): Span {
  const epochMs = Date.parse(timestamp);
  return [epochMs, epochMs + 999.999];
}

/** Both are known to hold. Where clocks disagree they exclude each other; then only their hull is certain. */
export function both(one: Span, other: Span): Span {
  const earliest = Math.max(one[0], other[0]);
  const latest = Math.min(one[1], other[1]);
  if (earliest <= latest) return [earliest, latest];
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
}

/** The moment of a span that is nearest to an estimate. */
function nearestIn([earliest, latest]: Span, estimateMs: number): number {
  return Math.min(latest, Math.max(earliest, estimateMs));
}

/** When and how the lab heard of something. */
export interface Heard {
  source: string;
  arrivedMs: number;
}

/** The two fields of a record that say when: the best estimate, and how sure it is. */
export function timing(span: Span, heard: Heard, estimateMs: number): { atMs: number; seen: Sighting } {
  const [earliest, latest] = span;
  return {
    atMs: roundMs(nearestIn(span, estimateMs)),
    seen: {
      source: heard.source,
      arrivedMs: roundMs(heard.arrivedMs),
      betweenMs: [roundMs(earliest), roundMs(latest)],
    },
  };
}
