import { ResponseReader, type ResponseState } from '../../support/http-response.ts';
import type {
  ProbeConnectionPlan,
  ProbeConnectionRecord,
  ProbeSentRecord,
  ProbeSession,
} from '../../timeline/probe-records.ts';

/** A request and what came back for it. Times are session time. */
export interface Exchange {
  /** When its first bytes were sent. */
  beganMs: number;
  /** When its last bytes were sent; null while half of it is missing. */
  sentMs: number | null;
  /** It followed an answer at once, on the same connection. */
  isNext: boolean;
  /** It only warmed up both sides of a sweep. */
  isRehearsal: boolean;
  /** When the answer was whole. */
  answeredMs: number | null;
  answer: ResponseState;
}

/** How a connection ended, if not by the lab. */
export interface ConnectionEnd {
  atMs: number;
  by: 'FIN' | 'RST' | 'refused';
  /** What the kernel called it; '' for a FIN. */
  errno: string;
}

/** What happened on one connection, in order. Times are session time. */
export interface Connection {
  plan: ProbeConnectionPlan;
  dialledMs: number | null;
  connectedMs: number | null;
  exchanges: Exchange[];
  end: ConnectionEnd | null;
  /** Bytes came before anything had been sent. */
  spokeFirst: boolean;
}

interface Reading {
  connection: Connection;
  /** Of the request that was sent last. */
  reader: ResponseReader | null;
  closedByLab: boolean;
}

/** Reads the events of every planned connection, in the order of the plan. */
export function readConnections({ header, events }: ProbeSession): Connection[] {
  const readings = new Map<number, Reading>();
  for (const plan of header.connections) readings.set(plan.id, readingOf(plan));
  for (const event of events) {
    const reading = readings.get(event[2]);
    // What comes after an end, or after the lab has closed its side, is an echo of that.
    if (reading?.connection.end === null && !reading.closedByLab) read(reading, event);
  }
  return [...readings.values()].map(({ connection }) => connection);
}

function readingOf(plan: ProbeConnectionPlan): Reading {
  const connection: Connection = {
    plan,
    dialledMs: null,
    connectedMs: null,
    exchanges: [],
    end: null,
    spokeFirst: false,
  };
  return { connection, reader: null, closedByLab: false };
}

function read(reading: Reading, event: ProbeConnectionRecord): void {
  const { connection } = reading;
  const atMs = event[1];
  switch (event[0]) {
    case 'dial':
      connection.dialledMs = atMs;
      break;
    case 'connected':
      connection.connectedMs = atMs;
      break;
    case 'sent':
      readSent(reading, event);
      break;
    case 'received':
      if (reading.reader === null) connection.spokeFirst = true;
      reading.reader?.push(event[3]);
      break;
    case 'fin':
      connection.end = { atMs, by: 'FIN', errno: '' };
      reading.reader?.end('FIN');
      break;
    case 'error':
      connection.end = { atMs, by: event[3] === 'ECONNREFUSED' ? 'refused' : 'RST', errno: event[3] };
      reading.reader?.end('RST');
      break;
    case 'closed':
      reading.closedByLab = true;
  }
  noteAnswer(reading, atMs);
}

function readSent(reading: Reading, [, atMs, , part]: ProbeSentRecord): void {
  const { exchanges } = reading.connection;
  const current = exchanges.at(-1);
  if (part === 'second half' && current !== undefined) {
    current.sentMs = atMs;
    return;
  }
  reading.reader = new ResponseReader({ method: 'POST' });
  exchanges.push({
    beganMs: atMs,
    sentMs: part === 'first half' ? null : atMs,
    isNext: part === 'next request',
    isRehearsal: part === 'rehearsal',
    answeredMs: null,
    answer: reading.reader.state,
  });
}

function noteAnswer({ connection, reader }: Reading, atMs: number): void {
  const current = connection.exchanges.at(-1);
  if (reader === null || current === undefined) return;
  current.answer = reader.state;
  if (current.answer.phase === 'complete') current.answeredMs ??= atMs;
}
