import type { ProbeState } from '../../timeline/probe-records.ts';
import type { ConnectionFinding, Outcome, PartLabel, SessionFindings } from './model.ts';
import { answersWithinMs, unansweredMs } from './reaction.ts';

/** Connections that are closed because all are end within this time, also on a busy machine. */
const togetherMs = 500;

/** What one connection says. `serves as before` becomes a part only if nothing else follows. */
export interface Witness {
  says: PartLabel | 'serves as before';
  evidence: string;
  state: ProbeState;
  /** From SIGTERM: when it acted or, for one that could not any more, when it was closed. */
  atMs: number;
}

/** What names a connection in a proof. */
export function evidenceOf({ session, repetition }: SessionFindings, { id }: ConnectionFinding): string {
  return `${session}.${repetition}#${id}`;
}

/** Connections of these states decide how a server treats what nobody is using. */
export function isIdle({ state }: ConnectionFinding): boolean {
  return state === 'idle' || state === 'idle-long';
}

/** Sent, and the connection ended without a whole answer. */
export function isLost(outcome: Outcome): boolean {
  return outcome === 'lost by FIN' || outcome === 'lost by RST';
}

/** All that a connection says of the strategy; nothing if it acted before the reaction, or has no part in it. */
export function witnessesOf(session: SessionFindings, connection: ConnectionFinding): Witness[] {
  const evidence = evidenceOf(session, connection);
  const witnesses: Witness[] = [];
  const add = (says: Witness['says'] | undefined, atMs: number | null) => {
    if (says !== undefined) witnesses.push({ says, evidence, state: connection.state, atMs: atMs ?? 0 });
  };
  const { outcome, sentMs, endedMs, answeredMs, next } = connection;
  if (connection.state === 'in-flight') {
    add(saysOfInFlight(outcome), answeredMs);
    if (next !== null && next.sentMs >= (session.reactedMs ?? 0)) {
      add(saysOfNext(connection, next), next.sentMs);
    }
  } else if (isIdle(connection) && connection.actsAfterMs !== null && !connection.beforeReaction) {
    const says = isLost(outcome) ? saysOfLost(session, connection) : saysOf(outcome);
    add(says, sentMs ?? endedMs);
  }
  return witnesses;
}

function saysOf(outcome: Outcome): Witness['says'] | undefined {
  switch (outcome) {
    case 'served':
      return 'serves as before';
    case 'served, close announced':
      return 'one more message';
    case 'served, then closed unannounced':
      return 'closes after an unannounced answer';
    case 'rejected':
      return 'rejects';
    case 'closed before the request':
      return 'immediate hang-up';
    case 'lost by FIN':
    case 'lost by RST':
    case 'never answered':
      return 'swallows';
    case 'refused':
    case 'left open':
    case 'not reached':
      return undefined;
  }
}

/**
 * A request may meet the end of its connection, or be the cause of it. It was the cause when others of its
 * state that had not sent anything yet stayed open: a client could not have known.
 */
function saysOfLost({ connections }: SessionFindings, lost: ConnectionFinding): Witness['says'] {
  const endedMs = lost.endedMs ?? 0;
  if (endedMs - (lost.sentMs ?? 0) >= unansweredMs) return 'swallows';
  const waiting = connections.filter(
    ({ state, outcome, sentMs }) =>
      state === lost.state && outcome !== 'not reached' && (sentMs === null || sentMs > endedMs),
  );
  const metTheEnd = waiting.some(
    ({ sentMs, endedMs: otherMs }) =>
      sentMs === null && otherMs !== null && Math.abs(otherMs - endedMs) <= togetherMs,
  );
  return waiting.length === 0 || metTheEnd ? 'immediate hang-up' : 'swallows';
}

/** How a request in flight is answered says nothing of idle connections, unless it ends its own without a word. */
function saysOfInFlight(outcome: Outcome): Witness['says'] | undefined {
  if (outcome === 'rejected') return 'rejects';
  return outcome === 'served, then closed unannounced' ? 'closes after an unannounced answer' : undefined;
}

function saysOfNext(
  { endedMs }: ConnectionFinding,
  { outcome, sentMs }: { outcome: Outcome; sentMs: number },
): Witness['says'] | undefined {
  const isClosing = isLost(outcome) && (endedMs ?? Infinity) - sentMs < answersWithinMs;
  return isClosing ? 'closes after an unannounced answer' : saysOf(outcome);
}
