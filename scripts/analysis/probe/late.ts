import { median } from 'd3-array';
import type { Arrival, ConnectionFinding, Outcome, SessionFindings } from './model.ts';
import { answersWithinMs, unansweredMs } from './reaction.ts';
import { evidenceOf } from './witnesses.ts';

/** What new connections got during a time after SIGTERM. */
interface Stretch {
  text: string;
  /** When the first of them was due, in milliseconds from SIGTERM. */
  fromMs: number;
  connections: number;
}

const refused = 'refused';
const stretchesTold = 4;
/** A process that is about to end meets single connections in the middle of that. */
const ending: readonly string[] = ['accepted and closed', 'accepted and reset'];

const texts: Partial<Record<Outcome, string>> = {
  served: 'served',
  'served, close announced': 'served, close announced',
  'served, then closed unannounced': 'served',
  refused,
  'closed before the request': 'accepted and closed',
  'lost by FIN': 'accepted and closed',
  'lost by RST': 'accepted and reset',
  'never answered': 'accepted and never answered',
  'left open': 'accepted and never answered',
};

/** What new connections with a request get after SIGTERM, in order of time; both conditions where they differ. */
export function lateText(sessions: readonly SessionFindings[]): string {
  const probed = sessions.filter(({ connections }) => connections.some(({ state }) => state === 'late'));
  if (probed.length === 0) return 'unknown';
  const quiet = probed.filter(({ condition }) => condition === 'quiet').map(stretchesOf);
  const busy = probed.filter(({ condition }) => condition === 'busy').map(stretchesOf);
  const isOne = quiet.length === 0 || busy.length === 0 || kindsOf(quiet) === kindsOf(busy);
  if (isOne) return historiesText([...quiet, ...busy]);
  return `${historiesText(quiet)} (quiet); ${historiesText(busy)} (busy)`;
}

/** Which histories there are, whenever things happened in them. */
function kindsOf(histories: readonly Stretch[][]): string {
  return [...new Set(histories.map(kindOf))].sort().join();
}

function kindOf(stretches: readonly Stretch[]): string {
  return stretches.map(({ text }) => text).join(', then ');
}

function historiesText(histories: readonly Stretch[][]): string {
  return [...Map.groupBy(histories, kindOf).values()].map(historyText).join(', or ');
}

/** Repetitions that went through the same stretches, with the median of when each began. */
function historyText(alike: readonly Stretch[][]): string {
  const [first = []] = alike;
  const texts = first.map(({ text }, index) => {
    if (index === first.length - 1) return text;
    const untilMs = median(alike, (stretches) => stretches[index + 1]?.fromMs) ?? 0;
    return `${text} until ${(untilMs / 1000).toFixed(1)} s`;
  });
  return texts.join(', then ');
}

function stretchesOf({ connections, exit, listenerClosedMs }: SessionFindings): Stretch[] {
  const killedMs = exit.killed ? (exit.atMs ?? Infinity) : Infinity;
  const late = connections.filter(
    ({ state, outcome, actsAfterMs }) =>
      state === 'late' &&
      (outcome !== 'never answered' || killedMs - (actsAfterMs ?? 0) > answersWithinMs + unansweredMs),
  );
  const [first, second] = late;
  // What only the very first meets is the race with the reaction.
  const isRace = first?.actsAfterMs === 0 && (second === undefined || textOf(first) !== textOf(second));
  const stretches = stretchesIn(isRace ? late.slice(1) : late);
  if (listenerClosedMs !== null && exit.atMs !== null && !exit.killed) {
    stretches.push({ text: refused, fromMs: exit.atMs, connections: 0 });
  }
  const lasting = stretches.filter(
    ({ text, connections }, index) =>
      !(ending.includes(text) && connections === 1 && index < stretches.length - 1),
  );
  return summarised(merged(lasting));
}

/** Where things alternate, their order says nothing. */
function summarised(stretches: readonly Stretch[]): Stretch[] {
  const [first] = stretches;
  const last = stretches.at(-1);
  if (first === undefined || last === undefined || stretches.length <= stretchesTold) return [...stretches];
  const changing = last.text === refused ? stretches.slice(0, -1) : stretches;
  const text = [...new Set(changing.map((stretch) => stretch.text))].sort().join(' or ');
  return [{ ...first, text }, ...(changing === stretches ? [] : [last])];
}

function stretchesIn(connections: readonly ConnectionFinding[]): Stretch[] {
  return merged(
    connections.map((connection) => ({
      text: textOf(connection),
      fromMs: connection.actsAfterMs ?? 0,
      connections: 1,
    })),
  );
}

/** Neighbours that are alike become one. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (last?.text === stretch.text) last.connections += stretch.connections;
    else result.push({ ...stretch });
  }
  return result;
}

function textOf({ outcome, status }: ConnectionFinding): string {
  if (outcome === 'rejected') return `rejected with ${String(status)}`;
  return texts[outcome] ?? outcome;
}

/** Every new connection of these sessions; and the exit of a process, after which there would be nobody to serve one. */
export function arrivalsOf(sessions: readonly SessionFindings[]): Arrival[] {
  return sessions.flatMap((session) => {
    const { condition, exit } = session;
    const late = session.connections.filter(
      ({ state, outcome }) => state === 'late' && outcome !== 'not reached',
    );
    const arrivals = late.map((connection) => ({
      condition,
      afterMs: connection.actsAfterMs ?? 0,
      served: connection.outcome.startsWith('served'),
      beforeReaction: connection.beforeReaction,
      evidence: evidenceOf(session, connection),
    }));
    if (late.length === 0 || exit.atMs === null || exit.killed) return arrivals;
    const evidence = `${session.session}.${session.repetition} exit`;
    const gone = { condition, afterMs: exit.atMs, served: false, beforeReaction: false, evidence };
    return [...arrivals, gone];
  });
}
