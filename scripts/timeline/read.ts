import fs from 'node:fs/promises';
import { LabError, messageOf, systemCodeOf } from '../support/errors.ts';
import { kindOf } from './check.ts';
import {
  addConnection,
  addEnd,
  addStart,
  noConnections,
  noEnds,
  noStarts,
  type ConnectionEvents,
  type RequestEnds,
  type RequestStarts,
} from './columns.ts';
import type {
  ConnectionRecord,
  EventRecord,
  HeaderRecord,
  RequestEndRecord,
  RequestStartRecord,
} from './records.ts';

/** A line that could not be used, for the reader of the report. */
export interface TimelineProblem {
  /** Counted from 1. */
  line: number;
  /** Of the line's first byte. */
  byteOffset: number;
  /** The line, cut after 120 characters. */
  text: string;
  reason: string;
}

/** A timeline as it was read: its records by kind, each in the order of the file. */
export interface ParsedTimeline {
  header: HeaderRecord;
  events: Exclude<EventRecord, HeaderRecord>[];
  starts: RequestStarts;
  ends: RequestEnds;
  connections: ConnectionEvents;
  /** Records of a type that this schema does not have. */
  unknown: unknown[];
  problems: TimelineProblem[];
  lines: number;
}

type Body = Omit<ParsedTimeline, 'header'> & { header: HeaderRecord | undefined };

/** Lines are parsed many at a time: one call of JSON.parse per line takes more than twice as long. */
const chunkBytes = 1 << 16;
const newline = 0x0a;

/**
 * Reads a stored timeline. Throws `timeline-missing` when the file cannot be read and `timeline-header`
 * when it does not begin with a header; every other fault is data in `problems`.
 */
export async function readTimeline(file: string): Promise<ParsedTimeline> {
  let bytes: Buffer;
  try {
    bytes = await fs.readFile(file);
  } catch (error) {
    const found = systemCodeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new LabError(
      'timeline-missing',
      `${file}: expected the timeline of a trial, but ${found}. The trial may not have begun; run it again.`,
      { cause: error },
    );
  }
  return parseTimeline(bytes, file);
}

/** Parses the text of a timeline; `name` stands for it in messages. Throws only `timeline-header`. */
export function parseTimeline(content: string | Buffer, name = 'timeline'): ParsedTimeline {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const body: Body = {
    header: undefined,
    events: [],
    starts: noStarts(),
    ends: noEnds(),
    connections: noConnections(),
    unknown: [],
    problems: [],
    lines: 0,
  };
  for (let from = 0; from < bytes.length;) {
    const to = endOfChunk(bytes, from);
    readChunk(body, bytes, { from, to });
    from = to;
  }
  const { header } = body;
  if (header === undefined) {
    const found = body.lines === 0 ? 'an empty file' : 'no readable header';
    throw new LabError(
      'timeline-header',
      `${name}:1 expected the header of a timeline, found ${found}. Without it nothing is known of the trial; run it again.`,
    );
  }
  return { ...body, header };
}

/** The first byte after the last whole line of the chunk; the end of the content when no line follows. */
function endOfChunk(bytes: Buffer, from: number): number {
  if (from + chunkBytes >= bytes.length) return bytes.length;
  const last = bytes.lastIndexOf(newline, from + chunkBytes - 1);
  if (last >= from) return last + 1;
  const next = bytes.indexOf(newline, from + chunkBytes);
  return next === -1 ? bytes.length : next + 1;
}

function readChunk(body: Body, bytes: Buffer, range: { from: number; to: number }): void {
  const endsWithNewline = bytes[range.to - 1] === newline;
  const text = bytes.toString('utf8', range.from, endsWithNewline ? range.to - 1 : range.to);
  const lines = text.split('\n');
  const values = parseTogether(lines);
  // Where line `at` begins: advanced only as far as the next line that cannot be used.
  let at = 0;
  let byteOffset = range.from;
  for (let index = 0; index < lines.length; index++) {
    body.lines++;
    const reason = values === undefined ? keepLine(body, lines[index] ?? '') : keep(body, values[index]);
    if (reason === undefined) continue;
    for (; at < index; at++) byteOffset = bytes.indexOf(newline, byteOffset) + 1;
    body.problems.push({ line: body.lines, byteOffset, text: (lines[index] ?? '').slice(0, 120), reason });
  }
}

/** Undefined when any of the lines is not one JSON value: then they are parsed one by one. */
function parseTogether(lines: readonly string[]): unknown[] | undefined {
  try {
    const values = JSON.parse(`[${lines.join(',')}]`) as unknown[];
    return values.length === lines.length ? values : undefined;
  } catch {
    return undefined;
  }
}

/** As `keep`, of a line that may not be JSON. */
function keepLine(body: Body, line: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line === '' ? 'an empty line' : 'not JSON: cut off or damaged';
  }
  return keep(body, value);
}

/** Puts a record where it belongs; returns why it cannot be used, if so. */
function keep(body: Body, value: unknown): string | undefined {
  const kind = kindOf(value);
  if (typeof kind !== 'string') return kind.reason;
  switch (kind) {
    case 'header':
      if (body.header !== undefined) return 'a second header';
      if (body.lines !== 1) return 'a header that is not the first line';
      body.header = value as HeaderRecord;
      return undefined;
    case 'event':
      body.events.push(value as Exclude<EventRecord, HeaderRecord>);
      return undefined;
    case 'start':
      addStart(body.starts, value as RequestStartRecord);
      return undefined;
    case 'end':
      addEnd(body.ends, value as RequestEndRecord);
      return undefined;
    case 'connection':
      addConnection(body.connections, value as ConnectionRecord);
      return undefined;
    case 'unknown':
      body.unknown.push(value);
      return undefined;
  }
}
