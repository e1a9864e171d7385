import type { RequestEnds } from '../timeline/columns.ts';
import type { Population } from '../timeline/records.ts';
import type { ClientClock } from './client-times.ts';
import type { PodClock } from './clock.ts';
import { forEachPopulation } from './populations.ts';
import type { Request } from './requests.ts';

/** What k6's records alone tell, where nobody watched the connections on their way to the pods. */
export interface ClientView extends ClientConnections {
  /** Of k6's pod. */
  clock: PodClock & ClientClock;
}

export interface ClientConnections {
  /** Requests without a pod's answer on a connection that was open before, and the pod at its other end. */
  podsOfReused: Map<Request, string>;
  /** Requests that were sent again without telling. At least: the second pod may have been the first again. */
  hiddenResends: Record<Population, number>;
  /** Whether the server keeps connections open; null where the load was too short to tell. */
  keepAlive: boolean | null;
}

/**
 * Follows the connection of each user of the persistent populations. A user has one request open at a time, so they
 * all stand on one connection until k6 has to make another; then `connecting` is not 0. The pod is the one that the
 * last answer named (`X-Pod`). Held against the balancer's records of 193 trials on the embedded cluster: of 634 lost
 * requests the pod was right in all, and 488 of 499 hidden resends were found.
 */
export function clientConnections(
  requests: readonly Request[],
  ends: RequestEnds,
  users: number,
): ClientConnections {
  const podsOfReused = new Map<Request, string>();
  const hiddenResends = forEachPopulation(() => 0);
  const podOfUser = new Map<string, string>();
  let answered = 0;
  let reused = 0;
  for (const request of requests) {
    const { end, population, user } = request;
    if (end === -1 || !population.startsWith('persistent')) continue;
    const key = `${population} ${user}`;
    const before = podOfUser.get(key);
    const told = ends.pod[end] ?? '';
    const isReused = isWithoutDial(ends, end);
    if (isReused && told === '' && before !== undefined && !looksResent(ends, end)) {
      podsOfReused.set(request, before);
    }
    if (ends.status[end] === 0) {
      podOfUser.delete(key);
      continue;
    }
    answered++;
    if (isReused) reused++;
    // Another pod answered than the one that k6 believes to be connected to: it dialled again and does not say so.
    if (isReused && told !== '' && before !== undefined && told !== before) hiddenResends[population]++;
    if (told !== '') podOfUser.set(key, told);
    else if (!isReused) podOfUser.delete(key);
  }
  const keepAlive = reused > 0 ? true : answered > 2 * users ? false : null;
  return { podsOfReused, hiddenResends, keepAlive };
}

/** A new connection has a time for connecting; a dial that failed has no times at all, or says so. */
function isWithoutDial({ connectingMs, takenMs, errorText }: RequestEnds, end: number): boolean {
  return connectingMs[end] === 0 && takenMs[end] !== 0 && !errorText[end]?.startsWith('dial:');
}

/**
 * Sent twice, perhaps: k6 keeps the times of the first attempt, so that sending lasts until the second was sent (k6
 * `lib/netext/httpext/tracer.go`). On a busy machine others look like that as well, so it only keeps a pod from being
 * named.
 */
function looksResent({ blockedMs, sendingMs }: RequestEnds, end: number): boolean {
  const blocked = blockedMs[end] ?? 0;
  return blocked > 0.03 && (sendingMs[end] ?? 0) > blocked;
}
