import type { ConnectionFinding, DrainBound, SessionFindings } from './model.ts';

/** Ends of two sessions that are closer than this are alike: processes need some time to go, not always the same. */
const alikeMs = 500;
/** What was answered so much later than another session ended was waited for. */
const outlivedMs = 100;
/** A process that takes longer although nothing else explains it has a time of its own. */
const promptMs = 1000;

/** What keeps the process from ending. */
export interface Drain {
  bounds: DrainBound[];
  text: string;
}

/** Compares when the process ended in sessions that differ in what was open. */
export function drainOf(sessions: readonly SessionFindings[], ignoresSigterm: boolean): Drain {
  if (sessions.length === 0) return { bounds: [], text: 'unknown' };
  if (ignoresSigterm) return { bounds: ['SIGKILL'], text: 'never ends by itself' };
  const quiet = sessions.filter(({ condition }) => condition === 'quiet');
  const comparison = { sessions, quietMs: Math.min(...quiet.map(endOf)) };
  const held: DrainBound[] = [];
  if (waitsForRequests(comparison)) held.push('requests in flight');
  if (waitsForHalves(comparison)) held.push('half-sent requests');
  if (waitsForConnections(comparison)) held.push('open connections');
  const ended: DrainBound[] = [];
  if (hasTimeOfItsOwn(comparison)) ended.push('a time of its own');
  if (sessions.some(({ exit }) => exit.killed)) ended.push('SIGKILL');
  const heldBy = held.map((bound) => (bound === 'requests in flight' ? requestsText(sessions) : bound));
  const text = `${textOf(heldBy, ended)}${spanText(sessions)}`;
  return { bounds: held.length + ended.length === 0 ? ['nothing'] : [...held, ...ended], text };
}

interface Comparison {
  sessions: readonly SessionFindings[];
  /** The shortest of the quiet sessions: what the process needs when least is open. */
  quietMs: number;
}

/** Infinity for a session whose process had to be killed. */
function endOf({ exit }: SessionFindings): number {
  return exit.killed ? Infinity : (exit.atMs ?? Infinity);
}

/** The longest repetition of a session; undefined when none is valid. */
function endOfSession({ sessions }: Comparison, name: string): number | undefined {
  const ends = sessions.filter(({ session }) => session === name).map(endOf);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function isLater(endMs: number | undefined, thanMs: number): boolean {
  return endMs !== undefined && thanMs < Infinity && endMs - thanMs > alikeMs;
}

/** Answers came when the process would have been gone without these requests; or it stayed, with or without them. */
function waitsForRequests({ sessions, quietMs }: Comparison): boolean {
  const busy = sessions.filter(({ condition }) => condition === 'busy');
  if (busy.length > 0 && isLater(Math.min(...busy.map(endOf)), quietMs)) return true;
  return someConnection(busy, ({ state, answeredMs }) => {
    return state === 'in-flight' && (answeredMs ?? 0) > quietMs + outlivedMs;
  });
}

/** The same for the second half of a request, or the process stays longer when that never comes. */
function waitsForHalves(comparison: Comparison): boolean {
  const { sessions, quietMs } = comparison;
  const silentMs = Math.max(quietMs, endOfSession(comparison, 'quiet-silent') ?? quietMs);
  if (isLater(endOfSession(comparison, 'quiet-head-silent'), silentMs)) return true;
  return someConnection(sessions, ({ state, answeredMs }) => {
    const isHalf = state === 'head' || state === 'head-reused' || state === 'body';
    return isHalf && (answeredMs ?? 0) > silentMs + outlivedMs;
  });
}

/** Of idle connections: one that is unused is taken for the beginning of a request by some servers. */
function waitsForConnections(comparison: Comparison): boolean {
  const silentMs = endOfSession(comparison, 'quiet-silent');
  return silentMs === Infinity || isLater(silentMs, comparison.quietMs);
}

/** It took long where least was open, or ended although what it had waited for was still there. */
function hasTimeOfItsOwn({ sessions, quietMs }: Comparison): boolean {
  if (quietMs >= promptMs && quietMs < Infinity) return true;
  return sessions.some(({ connections, exit }) => {
    const { atMs } = exit;
    if (atMs === null || exit.killed || !isLater(atMs, quietMs)) return false;
    return connections.some(
      (connection) => wasWaitedFor(connection) && atMs - (connection.endedMs ?? atMs) < alikeMs,
    );
  });
}

/** It could have been waited for to the end, and was not answered. */
function wasWaitedFor(connection: ConnectionFinding): boolean {
  const { state, actsAfterMs, outcome } = connection;
  if (state === 'in-flight') return isCut(connection);
  return actsAfterMs === null && (outcome === 'left open' || outcome === 'closed before the request');
}

function isCut({ outcome }: ConnectionFinding): boolean {
  return outcome === 'lost by FIN' || outcome === 'lost by RST';
}

function someConnection(
  sessions: readonly SessionFindings[],
  isProof: (connection: ConnectionFinding) => boolean,
): boolean {
  return sessions.some(({ connections }) => connections.some(isProof));
}

/** A process may wait for the work of requests whose connections it has closed. */
function requestsText(sessions: readonly SessionFindings[]): string {
  const inFlight = sessions.flatMap(({ connections }) =>
    connections.filter(({ state, outcome }) => state === 'in-flight' && outcome !== 'not reached'),
  );
  return inFlight.every(isCut) ? 'requests in flight that it has cut' : 'requests in flight';
}

function textOf(held: readonly string[], ended: readonly DrainBound[]): string {
  if (held.length === 0) {
    if (ended.length === 0) return 'ends at once, whatever is open';
    return ended.includes('SIGKILL') ? 'does not end by itself every time' : 'takes a time of its own';
  }
  const list = held.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const also = ended.map((bound) => (bound === 'SIGKILL' ? 'may need SIGKILL' : 'has a time of its own'));
  return `waits for ${list}${also.map((text) => `, and ${text}`).join('')}`;
}

function spanText(sessions: readonly SessionFindings[]): string {
  const ends = sessions.map(endOf).filter((endMs) => endMs < Infinity);
  if (ends.length === 0) return '';
  const [from, to] = [Math.min(...ends), Math.max(...ends)].map((endMs) => (endMs / 1000).toFixed(2));
  return from === to ? ` (${from} s)` : ` (${from} to ${to} s)`;
}
