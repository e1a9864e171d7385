import type { Connection, Exchange } from './connections.ts';
import type { SessionEvidence } from './evidence.ts';

/** The requests of a connection by what they are for. */
export interface Acts {
  /** Answered before SIGTERM, to bring the connection into its state. */
  preparation: Exchange | undefined;
  /** What the session is about. */
  act: Exchange | undefined;
  /** Sent right after the answer to `act`. */
  next: Exchange | undefined;
}

/** Tells the preparation of a connection from what it did then. */
export function actsOf({ plan, exchanges }: Connection): Acts {
  switch (plan.state) {
    case 'idle':
    case 'idle-long':
    case 'head-reused':
      return idleActs(exchanges);
    case 'in-flight':
      return {
        preparation: undefined,
        act: exchanges.find(({ isNext }) => !isNext),
        next: exchanges.find(({ isNext }) => isNext),
      };
    case 'unused':
    case 'head':
    case 'body':
    case 'late':
      return { preparation: undefined, act: exchanges[0], next: undefined };
  }
}

/** What was answered last prepared it; in a sweep that is a rehearsal. */
function idleActs(exchanges: Exchange[]): Acts {
  const [first, act] = exchanges.filter(({ isRehearsal }) => !isRehearsal);
  const preparation = exchanges.findLast(({ isRehearsal }) => isRehearsal) ?? first;
  return { preparation, act, next: undefined };
}

/** Why the connection was not in its state when SIGTERM came; undefined when it was. */
export function whyNotReached(evidence: SessionEvidence, connection: Connection): string | undefined {
  const { sigtermMs } = evidence.life;
  if (sigtermMs === null) return 'there was no SIGTERM';
  const { state } = connection.plan;
  if (state === 'late') return undefined;
  const { preparation, act } = actsOf(connection);
  const isIdle = state === 'idle' || state === 'idle-long';
  // A sweep sends some requests before SIGTERM.
  const untilMs = isIdle && act !== undefined ? Math.min(sigtermMs, act.beganMs) : sigtermMs;
  return (
    notConnected(connection, untilMs) ??
    (isIdle || state === 'head-reused' ? notPrepared(preparation, untilMs) : undefined) ??
    endedBefore(connection, untilMs) ??
    (isIdle || state === 'unused' ? undefined : notActing(act, untilMs))
  );
}

function notConnected({ connectedMs, end }: Connection, untilMs: number): string | undefined {
  if (connectedMs !== null && connectedMs <= untilMs) return undefined;
  return end === null ? 'not connected before SIGTERM' : `not connected: ${end.errno || end.by}`;
}

function notPrepared(preparation: Exchange | undefined, untilMs: number): string | undefined {
  if (preparation === undefined) return 'nothing was sent before SIGTERM';
  if (preparation.answeredMs === null || preparation.answeredMs > untilMs) {
    const { problem } = preparation.answer;
    return `not answered before SIGTERM${problem === '' ? '' : `: ${problem}`}`;
  }
  return preparation.answer.closeAnnounced ? 'the answer before SIGTERM announced close' : undefined;
}

function endedBefore({ end }: Connection, untilMs: number): string | undefined {
  return end !== null && end.atMs <= untilMs ? `ended by ${end.by} before SIGTERM` : undefined;
}

function notActing(act: Exchange | undefined, untilMs: number): string | undefined {
  if (act === undefined || act.beganMs > untilMs) return 'nothing was sent before SIGTERM';
  if (act.answeredMs === null || act.answeredMs > untilMs) return undefined;
  return `answered ${String(act.answer.status)} before SIGTERM`;
}
