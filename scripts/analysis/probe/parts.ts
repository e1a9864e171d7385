import type { Baseline } from './baseline.ts';
import type { ConnectionFinding, PartLabel, SessionFindings } from './model.ts';
import { evidenceOf, isIdle, isLost, witnessesOf, type Witness } from './witnesses.ts';

/** An answer is no proof of anything when the connections without a request are closed so soon after it was sent. */
const raceMs = 250;
/** The process ends so soon after it has closed what its drain had left over. */
const drainEndMs = 1000;
/** From here on a process that has not reacted is not going to. */
const ignoredMs = 1500;

/** The connections that prove each part of the strategy. */
export type Parts = Map<PartLabel, string[]>;

/** Which parts the valid sessions of one condition prove. */
export function partsOfCondition(sessions: readonly SessionFindings[], baseline: Baseline): Parts {
  const parts: Parts = new Map();
  const add = (label: PartLabel, evidence: string[]) => {
    if (evidence.length > 0) parts.set(label, [...(parts.get(label) ?? []), ...evidence]);
  };
  if (baseline.keepsAlive === false) {
    add('no keep-alive', sessions.flatMap(closedByAnswer));
    // One that takes requests one by one loses those in its queue, and still waits for the one it is at.
    const finishing = sessions.some(({ connections }) => connections.some(isFinished));
    if (!finishing) add('cuts in flight', sessions.flatMap(cutConnections));
    return parts;
  }
  add('cuts in flight', sessions.flatMap(cutConnections));
  const ignoring = ignoringConnections(sessions);
  if (ignoring.length > 0) {
    add('ignores SIGTERM', ignoring);
    return parts;
  }
  for (const session of sessions) {
    for (const { says, evidence } of decidingWitnesses(session)) {
      if (says !== 'serves as before') add(says, [evidence]);
      else if (session.exit.killed) add('waits for clients', [evidence]);
    }
  }
  const decided = [...parts.keys()].some((label) => label !== 'cuts in flight');
  if (!decided) add('immediate hang-up', sessions.flatMap(closedWhileIdle));
  return parts;
}

function connectionsWith(
  session: SessionFindings,
  isProof: (connection: ConnectionFinding) => boolean,
): string[] {
  return session.connections.filter(isProof).map((connection) => evidenceOf(session, connection));
}

function isFinished({ state, outcome }: ConnectionFinding): boolean {
  return state === 'in-flight' && outcome.startsWith('served');
}

function cutConnections(session: SessionFindings): string[] {
  return connectionsWith(session, ({ state, outcome }) => state === 'in-flight' && isLost(outcome));
}

/** Connections that were to be idle, and ended with their first answer. */
function closedByAnswer(session: SessionFindings): string[] {
  return connectionsWith(
    session,
    (connection) =>
      (isIdle(connection) || connection.state === 'head-reused') &&
      connection.outcome === 'not reached' &&
      connection.endedMs !== null,
  );
}

/** Requests that a process which was killed had served as if nothing had happened; none if it reacted anywhere. */
function ignoringConnections(sessions: readonly SessionFindings[]): string[] {
  const telling = sessions.filter(({ connections }) =>
    connections.some((connection) => isIdle(connection) || connection.state === 'late'),
  );
  if (telling.some(({ exit, reactedMs }) => !exit.killed || reactedMs !== null)) return [];
  return telling.flatMap((session) =>
    connectionsWith(
      session,
      (connection) =>
        (isIdle(connection) || connection.state === 'late') &&
        connection.outcome === 'served' &&
        (connection.sentMs ?? 0) >= ignoredMs,
    ),
  );
}

/** An answer that came while all others were being closed was a matter of luck; one that never came was not. */
function isRace({ connections }: SessionFindings, { says, state, atMs }: Witness): boolean {
  if (says === 'swallows' || says === 'immediate hang-up' || says === 'serves as before') return false;
  return connections.some(
    (other) =>
      other.state === state &&
      other.outcome === 'closed before the request' &&
      other.endedMs !== null &&
      other.endedMs >= atMs &&
      other.endedMs - atMs < raceMs,
  );
}

/** What the connections of a session say once those are left out that say nothing of the strategy. */
function decidingWitnesses(session: SessionFindings): Witness[] {
  const all = session.connections
    .flatMap((connection) => witnessesOf(session, connection))
    .filter((witness) => !isRace(session, witness));
  const acting = all.filter(({ says }) => says !== 'serves as before' && says !== 'immediate hang-up');
  const firstActMs = Math.min(...acting.map(({ atMs }) => atMs));
  const lastActMs = Math.max(...acting.map(({ atMs }) => atMs));
  const others = all.filter(
    ({ says, atMs }) => says !== 'immediate hang-up' || !isDrainEnd(session, { atMs, lastActMs, firstActMs }),
  );
  const firstOtherMs = Math.min(
    ...others.filter(({ says }) => says !== 'serves as before').map(({ atMs }) => atMs),
  );
  // A process takes its time: what it served before it began to end connections, it served for want of news.
  const isLate = (atMs: number) => firstOtherMs === Infinity || atMs > firstOtherMs;
  return others.filter(({ says, atMs }) => says !== 'serves as before' || isLate(atMs));
}

/** Closed when all had been done that could be done, right before the process ended. */
function isDrainEnd(
  { exit }: SessionFindings,
  { atMs, firstActMs, lastActMs }: { atMs: number; firstActMs: number; lastActMs: number },
): boolean {
  return (
    Number.isFinite(firstActMs) &&
    lastActMs < atMs &&
    exit.atMs !== null &&
    !exit.killed &&
    exit.atMs - atMs <= drainEndMs
  );
}

/**
 * Idle connections that a process which ended by itself closed without a word, after it had served all requests
 * as before: the fallback where no request on them came at the right time.
 */
function closedWhileIdle(session: SessionFindings): string[] {
  const { reactedMs, exit } = session;
  if (reactedMs === null || exit.killed) return [];
  return connectionsWith(
    session,
    (connection) =>
      isIdle(connection) &&
      (connection.outcome === 'served' ||
        connection.outcome === 'left open' ||
        connection.outcome === 'closed before the request') &&
      connection.endedMs !== null &&
      connection.endedMs >= reactedMs,
  );
}
