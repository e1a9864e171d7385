import { firstOf, lastOf, type PodHistory } from './pods.ts';
import type { ClientView } from './client-view.ts';
import type { ClientTimes } from './client-times.ts';
import type { Evidence } from './evidence.ts';
import type { Loss } from './findings.ts';
import { lastNewConnectionOf, longestPauseMs } from './new-connections.ts';
import type { Request } from './requests.ts';
import { spanOf } from './span.ts';

/**
 * How long a pod may go on getting new connections after its EndpointSlice has dropped it: every node's proxy follows
 * within its sync period, by default 1 s, and then needs a moment on a busy machine (seen on kind: up to 1.8 s).
 */
const programmingMs = 2000;

/** The pod that lost a request, and how it was found; '' with candidates where it may have been any of several. */
export type Attribution = Required<Pick<Loss, 'pod' | 'podFrom'>> & Pick<Loss, 'candidates'>;

/** How far the clocks of a node's kernel and of the lab may be apart, beside what is known of them. */
const kernelToleranceMs = 2;

/**
 * Which pod lost a request, where only the client was watched. The answer names it, if there was one. On a connection
 * that was open before it is the pod at its other end. A new connection tells nothing, so the times have to: it was an
 * old pod that had been told to stop, was not gone, and may still have been in the Service. One such pod: that one.
 * Several: none of them, and each stays a candidate, so that the loss counts in its population, and terminations with
 * a loss are counted as a lower and an upper bound. None: nothing in the restart explains it.
 */
export function attribute(
  evidence: Pick<Evidence, 'pods' | 'timeline' | 'header'>,
  request: Request,
  { client, times }: { client: ClientView; times: ClientTimes },
): Attribution {
  const told = evidence.timeline.ends.pod[request.end] ?? '';
  if (told !== '') return { pod: told, podFrom: 'answer' };
  const connected = client.podsOfReused.get(request);
  if (connected !== undefined) return { pod: connected, podFrom: 'connection' };
  const [only, ...others] = candidatesFor(times, evidence);
  if (only === undefined || others.length === 0) return { pod: only ?? '', podFrom: 'time' };
  return { pod: '', podFrom: 'time', candidates: [only, ...others] };
}

/** Where no pod can still have been in the Service, its proxies were slower than expected: those that were not gone. */
function candidatesFor(times: ClientTimes, { pods, header }: Pick<Evidence, 'pods' | 'header'>): string[] {
  const pauseMs = longestPauseMs(header);
  const stopping = [...pods.values()].filter((history) => isToldToStop(history, times));
  const inService = stopping.filter((history) => times.sent[0] <= leavesServiceMs(history, pauseMs));
  const found = inService.length > 0 ? inService : stopping.filter((history) => !isGone(history, times));
  return found.map(({ pod }) => pod);
}

/**
 * A pod that serves, or whose preStop hook runs, listens and answers: it loses no new connection. What comes about may
 * be lost later; a dial that fails found nobody listening when it was made.
 */
function isToldToStop(history: PodHistory, { sent, ended, dialFailed }: ClientTimes): boolean {
  if (history.revision !== 'old') return false;
  const told = firstOf(history, 'sigterm') ?? firstOf(history, 'exited') ?? firstOf(history, 'deleted');
  return told !== undefined && spanOf(told)[0] <= (dialFailed ? sent[1] : ended[1]);
}

/** Infinite while nothing tells that its endpoint has gone, nor the pod itself. */
function leavesServiceMs(history: PodHistory, pauseMs: number): number {
  const last = lastNewConnectionOf(history, pauseMs);
  if (last?.isLast) return last.span[1] + kernelToleranceMs;
  const { endpointRemoved } = history;
  if (endpointRemoved !== null) return spanOf(endpointRemoved)[1] + programmingMs;
  const gone = lastOf(history, 'gone');
  return gone === undefined ? Infinity : spanOf(gone)[1];
}

function isGone(history: PodHistory, { sent }: ClientTimes): boolean {
  const gone = lastOf(history, 'gone');
  return gone !== undefined && spanOf(gone)[1] < sent[0];
}
