import {
  probeSchema,
  type ProbeCondition,
  type ProbeConnectionPlan,
  type ProbeConnectionRecord,
  type ProbeProcessRecord,
  type ProbeSession,
  type ProbeState,
} from '../../../timeline/probe-records.ts';

/** SIGTERM in session time. All times given to the functions of this file are from SIGTERM. */
const sigtermMs = 5000;
const killMs = 15_000;

/** An answer of this status with a body of two bytes and these header lines. */
export function answer(status: number, ...headers: string[]): string {
  return [`HTTP/1.1 ${status} Status`, 'Content-Length: 2', ...headers, '', 'ok'].join('\r\n');
}

export const ok = answer(200);
export const okAndClose = answer(200, 'Connection: close');
export const unavailable = answer(503, 'Connection: close');

type End = [atMs: number, how: 'FIN' | 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT'];

/** One made-up connection. Without more than a state it is brought into it, and nothing happens any more. */
export interface SyntheticConnection {
  state: ProbeState;
  /** Absent for one that stays silent. */
  actsAfterMs?: number;
  /** What the request before SIGTERM got, in states that have one; undefined for nothing. */
  prepared?: string | undefined;
  /** When the act was sent, if not as planned; null when it was not. */
  sentMs?: number | null;
  /** 1 ms after the act, or at another time. */
  answer?: string;
  answeredMs?: number;
  /** Of `in-flight`: the request right after the answer. */
  next?: { sentMs: number; answer?: string };
  end?: End;
}

export interface SyntheticSession {
  session?: string;
  condition?: ProbeCondition;
  repetition?: number;
  listenerClosedMs?: number;
  /** `killed`: by the lab, 15 s after SIGTERM. */
  exit?: { atMs: number; exitCode?: number; signal?: string } | 'killed';
  connections: SyntheticConnection[];
}

/** A session that is whole: a process that got SIGTERM and ended, with exit code 0 after 2 s where nothing is said. */
export function syntheticSession(options: SyntheticSession): ProbeSession {
  const condition = options.condition ?? 'quiet';
  const plans = options.connections.map(planOf);
  const events = options.connections.flatMap((connection, id) => eventsOf(connection, id));
  events.sort((a, b) => a[1] - b[1]);
  return {
    header: {
      type: 'header',
      schema: probeSchema,
      variant: 'toy/bare',
      session: options.session ?? `${condition}-idle`,
      condition,
      repetition: options.repetition ?? 1,
      started: '2026-01-01T00:00:00.000Z',
      pid1: true,
      graceMs: killMs,
      connections: plans,
    },
    process: processOf(options),
    problems: [],
    events,
    damaged: [],
  };
}

function planOf({ state, actsAfterMs }: SyntheticConnection, id: number): ProbeConnectionPlan {
  return { id, state, actsAfterMs: actsAfterMs ?? null };
}

function processOf({ listenerClosedMs, exit = { atMs: 2000 } }: SyntheticSession): ProbeProcessRecord[] {
  const at = (atMs: number, event: ProbeProcessRecord['event']): ProbeProcessRecord => ({
    type: 'process',
    atMs: sigtermMs + atMs,
    event,
  });
  const records = [at(-sigtermMs, 'started'), at(-4000, 'answering'), at(0, 'sigterm')];
  if (listenerClosedMs !== undefined) records.push(at(listenerClosedMs, 'listenerClosed'));
  if (exit === 'killed') {
    records.push(at(killMs, 'sigkill'), { ...at(killMs + 5, 'exited'), exitCode: 1, signal: null });
  } else {
    const { atMs, exitCode, signal } = exit;
    records.push({
      ...at(atMs, 'exited'),
      exitCode: exitCode ?? (signal === undefined ? 0 : null),
      signal: signal ?? null,
    });
  }
  return records;
}

function eventsOf(connection: SyntheticConnection, id: number): ProbeConnectionRecord[] {
  const { state, end } = connection;
  const events: ProbeConnectionRecord[] = [];
  const late = state === 'late';
  const dialMs = late ? (connection.actsAfterMs ?? 0) : -400;
  events.push(['dial', sigtermMs + dialMs, id]);
  if (end?.[1] !== 'ECONNREFUSED') events.push(['connected', sigtermMs + dialMs + 0.1, id]);
  events.push(...preparationOf(connection, id), ...actOf(connection, id));
  if (end?.[1] === 'FIN') {
    events.push(['fin', sigtermMs + end[0], id], ['closed', sigtermMs + end[0] + 0.1, id]);
  } else if (end !== undefined) events.push(['error', sigtermMs + end[0], id, end[1]]);
  return events;
}

function preparationOf(connection: SyntheticConnection, id: number): ProbeConnectionRecord[] {
  const { state } = connection;
  const prepared = 'prepared' in connection ? connection.prepared : ok;
  const events: ProbeConnectionRecord[] = [];
  if (state === 'idle' || state === 'idle-long' || state === 'head-reused') {
    events.push(['sent', sigtermMs - 301, id, 'request', 'POST']);
    if (prepared !== undefined) events.push(['received', sigtermMs - 300, id, prepared]);
    const open = prepared !== undefined && !prepared.includes('close');
    if (state === 'head-reused' && open) events.push(['sent', sigtermMs - 200, id, 'first half', 'PO']);
  }
  if (state === 'head' || state === 'body') events.push(['sent', sigtermMs - 200, id, 'first half', 'PO']);
  if (state === 'in-flight') events.push(['sent', sigtermMs - 100, id, 'request', 'POST']);
  return events;
}

function actOf(connection: SyntheticConnection, id: number): ProbeConnectionRecord[] {
  const { state, actsAfterMs, answer: bytes, end, next } = connection;
  const events: ProbeConnectionRecord[] = [];
  const refused = end?.[1] === 'ECONNREFUSED';
  const endedBefore = end !== undefined && actsAfterMs !== undefined && end[0] < actsAfterMs;
  const planned = refused || endedBefore || actsAfterMs === undefined ? null : actsAfterMs + 0.2;
  const sentMs = connection.sentMs === undefined ? planned : connection.sentMs;
  const half = state === 'head' || state === 'head-reused' || state === 'body';
  if (sentMs !== null) events.push(['sent', sigtermMs + sentMs, id, half ? 'second half' : 'request', 'ST']);
  const answeredMs = connection.answeredMs ?? (state === 'in-flight' ? 1400 : (sentMs ?? 0) + 1);
  if (bytes !== undefined) events.push(['received', sigtermMs + answeredMs, id, bytes]);
  if (next !== undefined) {
    events.push(['sent', sigtermMs + next.sentMs, id, 'next request', 'POST']);
    if (next.answer !== undefined) events.push(['received', sigtermMs + next.sentMs + 1, id, next.answer]);
  }
  return events;
}
