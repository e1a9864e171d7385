import type { RequestEnds } from '../timeline/columns.ts';
import type { Request } from './requests.ts';
import type { Span } from './span.ts';

/** k6 writes whole milliseconds, cut off. */
const clientGrainMs = 1;
/** k6's code for a request that took longer than its timeout. */
const requestTimedOut = 1050;

/** When a request reached a pod, or found none, and when it ended. */
export interface ClientTimes {
  sent: Span;
  ended: Span;
  /** No connection came about. */
  dialFailed: boolean;
}

/** How well k6 tells the time, and how long it waits for an answer. */
export interface ClientClock {
  uncertaintyMs: number;
  requestTimeoutMs: number;
}

/**
 * The spans in which both lie, by k6 alone. Its line is written before it takes the request and after it is done with
 * it; what it timed in between narrows the span from both sides, however late the lines are on a busy machine.
 */
export function clientTimes(
  { startMs, endMs, end }: Request,
  { blockedMs, sendingMs, takenMs, errorCode, status }: RequestEnds,
  { uncertaintyMs, requestTimeoutMs }: ClientClock,
): ClientTimes {
  const timed = takenMs[end] ?? 0;
  const dialFailed = timed === 0 && status[end] === 0;
  // Of a dial that nobody answered nothing is timed, but k6 waited for it until the time was up.
  const waited = dialFailed && errorCode[end] === requestTimedOut ? requestTimeoutMs : 0;
  const afterSending = Math.max(waited, timed - (blockedMs[end] ?? 0) - (sendingMs[end] ?? 0));
  const from = startMs - uncertaintyMs;
  const to = endMs + clientGrainMs + uncertaintyMs;
  return {
    sent: [from, Math.max(from, to - afterSending)],
    ended: [Math.min(to, from + Math.max(waited, timed)), to],
    dialFailed,
  };
}
