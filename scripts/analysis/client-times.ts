import type { RequestEnds } from '../timeline/columns.ts';
import type { Request } from './requests.ts';
import type { Span } from './span.ts';

/** k6 writes whole milliseconds, cut off. */
const clientGrainMs = 1;

/** When a request reached a pod, or found none, and when it ended. */
export interface ClientTimes {
  sent: Span;
  ended: Span;
}

/**
 * The spans in which both lie, by k6 alone. Its line is written before it takes the request and after it is done with
 * it; what it timed in between narrows the span from both sides, however late the lines are on a busy machine.
 */
export function clientTimes(
  { startMs, endMs, end }: Request,
  { blockedMs, sendingMs, takenMs }: RequestEnds,
  uncertaintyMs: number,
): ClientTimes {
  const taken = takenMs[end] ?? 0;
  const afterSending = taken - (blockedMs[end] ?? 0) - (sendingMs[end] ?? 0);
  const from = startMs - uncertaintyMs;
  const to = endMs + clientGrainMs + uncertaintyMs;
  return {
    sent: [from, Math.max(from, to - afterSending)],
    ended: [Math.min(to, from + taken), to],
  };
}
