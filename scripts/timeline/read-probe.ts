import fs from 'node:fs/promises';
import { LabError, messageOf, systemCodeOf } from '../support/errors.ts';
import {
  probeConditions,
  probeProcessEvents,
  probeStates,
  type ProbeConnectionRecord,
  type ProbeHeader,
  type ProbeProblemRecord,
  type ProbeProcessRecord,
  type ProbeSession,
} from './probe-records.ts';
import { isNumber, isObject, isOneOf, isText, type Fields } from './values.ts';

/**
 * Reads a stored session. Throws `probe-missing` when the file cannot be read and `probe-header` when it does
 * not begin with a header; every other fault is data in `damaged`. Records of a newer kind are left out.
 */
export async function readProbeSession(file: string): Promise<ProbeSession> {
  let content: string;
  try {
    content = await fs.readFile(file, 'utf8');
  } catch (error) {
    const found = systemCodeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new LabError(
      'probe-missing',
      `${file}: expected the record of a probe, but ${found}. Run the probe again.`,
      { cause: error },
    );
  }
  return parseProbeSession(content, file);
}

/** Parses the text of a session; `name` stands for it in messages. Throws only `probe-header`. */
export function parseProbeSession(content: string, name = 'probe'): ProbeSession {
  const [first = '', ...rest] = content.split('\n');
  const header = parsed(first);
  if (!isHeader(header)) {
    const found = content === '' ? 'an empty file' : 'no readable header';
    throw new LabError(
      'probe-header',
      `${name}:1 expected the header of a probe, found ${found}. Run the probe again.`,
    );
  }
  const session: ProbeSession = { header, process: [], problems: [], events: [], damaged: [] };
  if (rest.at(-1) === '') rest.pop();
  for (const [index, line] of rest.entries()) {
    const reason = keep(session, parsed(line));
    if (reason !== undefined) session.damaged.push(`line ${String(index + 2)}: ${reason}`);
  }
  return session;
}

/** Undefined, which no JSON stands for, when it is not JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Puts a record where it belongs; returns why it cannot be used, if so. */
function keep(session: ProbeSession, value: unknown): string | undefined {
  if (value === undefined) return 'not JSON: cut off or damaged';
  if (Array.isArray(value)) return keepArray(session, value);
  if (!isObject(value)) return 'neither an array nor an object';
  switch (value['type']) {
    case 'header':
      return 'a second header';
    case 'process':
      if (!isProcess(value)) return 'not a whole `process` record';
      session.process.push(value);
      return undefined;
    case 'problem':
      if (!isProblem(value)) return 'not a whole `problem` record';
      session.problems.push(value);
      return undefined;
    default:
      return isText(value['type']) ? undefined : 'an object without a type';
  }
}

function keepArray(session: ProbeSession, record: unknown[]): string | undefined {
  const kind = record[0];
  if (!isText(kind)) return 'an array without a record type';
  const check = connectionChecks.get(kind);
  if (check === undefined) return undefined;
  if (!isNumber(record[1]) || !isNumber(record[2]) || !check(record)) return `not a whole \`${kind}\` record`;
  session.events.push(record as ProbeConnectionRecord);
  return undefined;
}

const parts: readonly unknown[] = ['request', 'first half', 'second half', 'next request', 'rehearsal'];

/** What each kind of connection record has beside its time and its connection. */
const checks: Record<ProbeConnectionRecord[0], (record: readonly unknown[]) => boolean> = {
  dial: () => true,
  connected: () => true,
  sent: (record) => parts.includes(record[3]) && isText(record[4]),
  received: (record) => isText(record[3]),
  fin: () => true,
  error: (record) => isText(record[3]),
  closed: () => true,
};
const connectionChecks = new Map<string, (record: readonly unknown[]) => boolean>(Object.entries(checks));

function isHeader(value: unknown): value is ProbeHeader {
  return (
    isObject(value) &&
    value['type'] === 'header' &&
    ['schema', 'repetition', 'graceMs'].every((field) => isNumber(value[field])) &&
    ['variant', 'session', 'started'].every((field) => isText(value[field])) &&
    isOneOf(value['condition'], probeConditions) &&
    typeof value['pid1'] === 'boolean' &&
    Array.isArray(value['connections']) &&
    value['connections'].every(isPlan)
  );
}

function isPlan(value: unknown): boolean {
  return (
    isObject(value) &&
    isNumber(value['id']) &&
    isOneOf(value['state'], probeStates) &&
    (value['actsAfterMs'] === null || isNumber(value['actsAfterMs']))
  );
}

function isProcess(value: Fields): value is Fields & ProbeProcessRecord {
  return (
    isNumber(value['atMs']) &&
    isOneOf(value['event'], probeProcessEvents) &&
    (value['exitCode'] === undefined || value['exitCode'] === null || isNumber(value['exitCode'])) &&
    (value['signal'] === undefined || value['signal'] === null || isText(value['signal'])) &&
    (value['detail'] === undefined || isText(value['detail']))
  );
}

function isProblem(value: Fields): value is Fields & ProbeProblemRecord {
  return isNumber(value['atMs']) && isText(value['code']) && isText(value['detail']);
}
