import type { ConnectionEvents } from '../timeline/columns.ts';
import { findRequest, type Request, type RequestLedger } from './requests.ts';

/** One connection through the balancer. Times are trial time. */
export interface Connection {
  id: number;
  /** '' when no endpoint was there. */
  pod: string;
  acceptedMs: number;
  /** First end of a direction, by either side. */
  ended: { atMs: number; by: 'client' | 'pod'; how: string } | undefined;
  /** Heads of requests that went to the pod. */
  requests: number;
  /** Of those, requests of a persistent population. */
  persistentRequests: number;
}

/** Builds the connections and writes into each request on which of them it travelled. */
export function joinConnections(events: ConnectionEvents, ledger: RequestLedger): Map<number, Connection> {
  const connections = new Map<number, Connection>();
  for (let row = 0; row < events.kind.length; row++) {
    const kind = events.kind[row];
    if (kind === 'dialled' || kind === 'closed') continue;
    const id = events.connection[row] ?? NaN;
    const atMs = events.atMs[row] ?? NaN;
    let connection = connections.get(id);
    if (connection === undefined) {
      const pod = events.pod[row] ?? '';
      connection = { id, pod, acceptedMs: atMs, ended: undefined, requests: 0, persistentRequests: 0 };
      connections.set(id, connection);
    }
    if (kind === 'ended') {
      const by = events.by[row] === 'pod' ? 'pod' : 'client';
      connection.ended ??= { atMs, by, how: events.how[row] ?? '' };
    } else if (kind === 'sent' || kind === 'refused') {
      const request = findRequest(ledger, events.requestId[row] ?? '');
      if (kind === 'sent') countSent(connection, request);
      const refusal = kind === 'refused' ? (events.how[row] ?? '') : '';
      if (request !== undefined) travel(request, { connection: id, atMs, refusal });
    }
  }
  return connections;
}

function countSent(connection: Connection, request: Request | undefined): void {
  connection.requests++;
  if (request?.population.startsWith('persistent')) connection.persistentRequests++;
}

function travel(request: Request, step: { connection: number; atMs: number; refusal: string }): void {
  if (request.connection !== undefined && request.connection !== step.connection) {
    (request.earlierConnections ??= []).push(request.connection);
  }
  request.connection = step.connection;
  request.sentMs = step.atMs;
  request.refusal = step.refusal;
}

/**
 * Whether the server keeps connections open. It does not when no connection of a persistent population
 * carried a second request although every user had a turn to use one again.
 */
export function keepsAlive(connections: Iterable<Connection>, users: number): boolean | null {
  let requests = 0;
  for (const connection of connections) {
    if (connection.persistentRequests > 1) return true;
    requests += connection.persistentRequests;
  }
  return requests > 2 * users ? false : null;
}

/**
 * The pod that took a request the balancer never read. A connection that the pod ended with RST is closed at
 * once, and what the client wrote into it in the same instant stays unread. Such a request must have
 * travelled on a connection that a pod reset while it was under way: the pod is known when all of
 * those belong to one, '' when they do not, undefined when there is none.
 */
export function podOfUnread(
  request: Request,
  resetByPod: readonly Connection[],
  toleranceMs: number,
): string | undefined {
  const from = request.startMs - toleranceMs;
  const to = request.endMs + toleranceMs;
  const pods = new Set<string>();
  for (let index = lowerBound(resetByPod, from); index < resetByPod.length; index++) {
    const connection = resetByPod[index];
    if (connection?.ended === undefined || connection.ended.atMs > to) break;
    pods.add(connection.pod);
  }
  if (pods.size === 0) return undefined;
  const [pod = ''] = pods;
  return pods.size === 1 ? pod : '';
}

/** Connections that a pod was first to end, and not by FIN, in order of that end. */
export function resetByPods(connections: Iterable<Connection>): Connection[] {
  return [...connections]
    .filter(({ ended }) => ended?.by === 'pod' && ended.how !== 'FIN')
    .sort((a, b) => (a.ended?.atMs ?? 0) - (b.ended?.atMs ?? 0));
}

function lowerBound(sorted: readonly Connection[], atMs: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.ended?.atMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
