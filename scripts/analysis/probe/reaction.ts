import { roundMs } from '../../support/clock.ts';
import { isAsBefore } from './baseline.ts';
import type { Connection, Exchange } from './connections.ts';
import { isByKill, type SessionEvidence } from './evidence.ts';

/**
 * A request that waited so long for its connection to end was swallowed. One that waited less met an end that was
 * under way: on a busy machine a JVM takes tens of milliseconds to close what it is not going to serve any more.
 */
export const unansweredMs = 100;
/** What was sent so shortly before SIGKILL might still have been answered, on a busy machine. */
export const answersWithinMs = 1000;
/** Servers close connections that stay idle, and answer 408 to half a request, after this time at the earliest. */
const earliestTimeoutMs = 1900;

/** First sign that the process has noticed SIGTERM. */
export interface Reaction {
  /** From SIGTERM; null when there was none. */
  atMs: number | null;
  /** What it was, in words. */
  text: string;
}

/** Signs in session time. */
interface Sign {
  atMs: number;
  text: string;
}

/** Finds the earliest sign that SIGTERM has been noticed: what a process that ignores it would not have shown. */
export function reactionOf(evidence: SessionEvidence): Reaction {
  const { life } = evidence;
  const { sigtermMs } = life;
  if (sigtermMs === null) return { atMs: null, text: 'there was no SIGTERM' };
  let first: Sign | undefined;
  for (const sign of signs(evidence)) {
    if (sign.atMs < sigtermMs || isByKill(life, sign.atMs)) continue;
    if (first === undefined || sign.atMs < first.atMs) first = sign;
  }
  if (first === undefined) return { atMs: null, text: 'no reaction' };
  return { atMs: roundMs(first.atMs - sigtermMs), text: first.text };
}

function* signs(evidence: SessionEvidence): Generator<Sign> {
  const { listenerClosedMs, exitedMs } = evidence.life;
  if (listenerClosedMs !== null) yield { atMs: listenerClosedMs, text: 'it stopped listening' };
  if (exitedMs !== null) yield { atMs: exitedMs, text: 'it exited' };
  for (const connection of evidence.connections) {
    yield* signsOfEnd(evidence, connection);
    for (const exchange of connection.exchanges) yield* signsOfExchange(evidence, connection, exchange);
  }
}

function* signsOfEnd(evidence: SessionEvidence, connection: Connection): Generator<Sign> {
  const { end } = connection;
  if (end === null) return;
  if (end.by === 'refused') {
    yield { atMs: end.atMs, text: `it refused connection ${connection.plan.id}` };
    return;
  }
  const last = connection.exchanges.at(-1);
  const asBefore = last !== undefined && last.answeredMs !== null && evidence.baseline.keepsAlive === false;
  if (asBefore || (!isWaiting(last) && mayBeTimeout(evidence, end.atMs))) return;
  yield { atMs: end.atMs, text: `${end.by} on connection ${connection.plan.id} (${connection.plan.state})` };
}

function isWaiting(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.sentMs !== null && exchange.answeredMs === null;
}

/** A process that goes on listening until it is killed closes idle connections because they are idle. */
function mayBeTimeout({ life }: SessionEvidence, atMs: number): boolean {
  return (
    life.sigkillMs !== null &&
    (life.listenerClosedMs === null || isByKill(life, life.listenerClosedMs)) &&
    atMs - (life.sigtermMs ?? 0) >= earliestTimeoutMs
  );
}

function* signsOfExchange(
  evidence: SessionEvidence,
  { plan, end }: Connection,
  exchange: Exchange,
): Generator<Sign> {
  const { answer, answeredMs, sentMs } = exchange;
  if (answeredMs === null) {
    const { sigkillMs } = evidence.life;
    const waitedMs = (end?.atMs ?? Infinity) - (sentMs ?? Infinity);
    const cutShort = sentMs !== null && sigkillMs !== null && sigkillMs - sentMs < answersWithinMs;
    if (sentMs !== null && plan.state !== 'in-flight' && waitedMs >= unansweredMs && !cutShort) {
      yield { atMs: sentMs, text: `it left a request on connection ${plan.id} without an answer` };
    }
  } else if (!isAsBefore(evidence.baseline, answer.status)) {
    if (sentMs === null && mayBeTimeout(evidence, answeredMs)) return;
    yield { atMs: answeredMs, text: `it answered ${String(answer.status)} on connection ${plan.id}` };
  } else if (answer.closeAnnounced && evidence.baseline.keepsAlive === true) {
    yield { atMs: answeredMs, text: `it announced close on connection ${plan.id}` };
  }
}
