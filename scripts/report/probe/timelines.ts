import type { ConnectionFinding, Outcome, SessionFindings } from '../../analysis/probe/model.ts';
import type { Paint } from '../paint.ts';
import { columnsOf } from './columns.ts';
import { actsText, exitText, momentsText, momentText } from './texts.ts';

/** One session in lines: what became of the process, then of each group of connections that met the same. */
export function renderTimeline(session: SessionFindings, paint: Paint): string[] {
  // Of a session from which nothing follows, only that is worth knowing.
  const groups = session.invalid.length > 0 ? [] : groupsOf(session.connections);
  const rows = groups.map((group) => [
    group[0].state,
    actsOf(group),
    `${group.length} ×`,
    eventsText(group),
    outcomeText(group[0]),
  ]);
  const lines = columnsOf(rows).map((line, index) => {
    const style = styles[groups[index]?.[0].outcome ?? 'served'];
    return `    ${style === undefined ? line : paint(style, line)}`;
  });
  return [
    `  ${paint('bold', session.session)}  ${processText(session)}`,
    ...session.invalid.map((reason) => `    ${paint('yellow', reason)}`),
    ...lines,
  ];
}

type Group = [ConnectionFinding, ...ConnectionFinding[]];

/** A request of a client was lost, or not: what catches the eye. */
const styles: Partial<Record<Outcome, 'red' | 'yellow' | 'dim'>> = {
  'lost by FIN': 'red',
  'lost by RST': 'red',
  'never answered': 'red',
  rejected: 'yellow',
  refused: 'yellow',
  'not reached': 'dim',
};

function processText({ reactedMs, reaction, listenerClosedMs, exit }: SessionFindings): string {
  const reacted =
    reactedMs === null ? 'no reaction' : `first reaction at ${momentText(reactedMs)}: ${reaction}`;
  const listener = listenerClosedMs === null ? [] : [`stopped listening at ${momentText(listenerClosedMs)}`];
  return [reacted, ...listener, exitText(exit)].join('; ');
}

/**
 * In the order of the plan. New connections follow each other in time, so only neighbours are one group;
 * of the other states, those that act at the same time.
 */
function groupsOf(connections: readonly ConnectionFinding[]): Group[] {
  const groups: Group[] = [];
  for (const connection of connections) {
    const candidates = connection.state === 'late' ? groups.slice(-1) : groups;
    const group = candidates.find(([first]) => sameKey(first, connection));
    if (group) group.push(connection);
    else groups.push([connection]);
  }
  return groups;
}

function sameKey(a: ConnectionFinding, b: ConnectionFinding): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf(connection: ConnectionFinding): string {
  const { state, actsAfterMs, outcome, status, beforeReaction, remark, next, endedBy } = connection;
  const acts = state === 'late' ? null : actsAfterMs;
  const after = next && [next.outcome, next.status];
  return JSON.stringify([state, acts, outcome, status, beforeReaction, remark, after, endedBy]);
}

function actsOf(group: Group): string {
  return group[0].state === 'in-flight' ? '' : actsText(group.map(({ actsAfterMs }) => actsAfterMs));
}

/** What was sent and what came back, in order. */
function eventsText(group: Group): string {
  const [{ status, endedBy, next }] = group;
  const sent = momentsText(group.map(({ sentMs }) => sentMs));
  const answered = momentsText(group.map(({ answeredMs }) => answeredMs));
  const nextSent = momentsText(group.map((connection) => connection.next?.sentMs ?? null));
  const ended = momentsText(group.map(({ endedMs }) => endedMs));
  const parts = [
    { text: `sent ${sent}`, times: sent, firstMs: group[0].sentMs },
    {
      text: `${status === null ? 'answer' : String(status)} ${answered}`,
      times: answered,
      firstMs: group[0].answeredMs,
    },
    { text: `next sent ${nextSent}`, times: nextSent, firstMs: next?.sentMs ?? null },
    { text: `${endedBy ?? 'end'} ${ended}`, times: ended, firstMs: group[0].endedMs },
  ];
  return parts
    .filter(({ times }) => times !== '')
    .toSorted((a, b) => (a.firstMs ?? 0) - (b.firstMs ?? 0))
    .map(({ text }) => text)
    .join(', ');
}

function outcomeText({ outcome, beforeReaction, remark, next }: ConnectionFinding): string {
  const after = next === null ? '' : `; next request: ${next.outcome}`;
  const race = beforeReaction ? ' (before the first reaction)' : '';
  return `${outcome}${after}${race}${remark === '' ? '' : `: ${remark}`}`;
}
