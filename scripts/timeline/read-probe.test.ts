import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProbeHeader, ProbeRecord } from './probe-records.ts';
import { parseProbeSession, readProbeSession } from './read-probe.ts';
import { openTimeline } from './writer.ts';

const header: ProbeHeader = {
  type: 'header',
  schema: 1,
  variant: 'toy/bare',
  session: 'quiet-idle',
  condition: 'quiet',
  repetition: 1,
  started: '2026-01-01T00:00:00Z',
  pid1: true,
  graceMs: 15_000,
  connections: [
    { id: 0, state: 'idle', actsAfterMs: 5 },
    { id: 1, state: 'head', actsAfterMs: null },
  ],
};
const records: ProbeRecord[] = [
  header,
  { type: 'process', atMs: 0, event: 'started' },
  ['dial', 1, 0],
  ['connected', 2, 0],
  ['sent', 3, 0, 'request', 'POST / HTTP/1.1\r\n\r\n'],
  ['received', 4, 0, 'HTTP/1.1 200 OK\r\n\u00ff'],
  { type: 'process', atMs: 5, event: 'sigterm' },
  ['fin', 6, 0],
  ['closed', 6, 0],
  ['error', 7, 1, 'ECONNRESET'],
  { type: 'problem', atMs: 8, code: 'interrupted', detail: 'The session was interrupted.' },
  { type: 'process', atMs: 9, event: 'exited', exitCode: null, signal: 'SIGKILL' },
];
const lines = records.map((record) => JSON.stringify(record));
const text = lines.join('\n') + '\n';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'read-probe-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test('what was written is read back by kind', async () => {
  const file = path.join(folder, 'quiet-idle.1.ndjson');
  {
    await using timeline = openTimeline<ProbeRecord>(file);
    for (const record of records) timeline.append(record);
  }
  expect(await readProbeSession(file)).toEqual({
    header,
    process: [records[1], records[6], records[11]],
    problems: [records[10]],
    events: [...records.slice(2, 6), ...records.slice(7, 10)],
    damaged: [],
  });
});

test.each([
  { name: 'cut in the middle', line: '["received",4,0,"HTT', reason: 'not JSON: cut off or damaged' },
  { name: 'empty', line: '', reason: 'not JSON: cut off or damaged' },
  { name: 'a number', line: '12', reason: 'neither an array nor an object' },
  { name: 'null', line: 'null', reason: 'neither an array nor an object' },
  { name: 'no record type', line: '[1,2,3]', reason: 'an array without a record type' },
  { name: 'no type', line: '{"atMs":1}', reason: 'an object without a type' },
  { name: 'no time', line: '["fin",null,0]', reason: 'not a whole `fin` record' },
  { name: 'no connection', line: '["dial",1]', reason: 'not a whole `dial` record' },
  { name: 'no bytes', line: '["received",1,0]', reason: 'not a whole `received` record' },
  { name: 'an unknown part', line: '["sent",1,0,"tail","x"]', reason: 'not a whole `sent` record' },
  { name: 'no errno', line: '["error",1,0]', reason: 'not a whole `error` record' },
  {
    name: 'an unknown event',
    line: '{"type":"process","atMs":1,"event":"slept"}',
    reason: 'not a whole `process` record',
  },
  {
    name: 'an exit code in words',
    line: '{"type":"process","atMs":1,"event":"exited","exitCode":"one"}',
    reason: 'not a whole `process` record',
  },
  {
    name: 'a problem without detail',
    line: '{"type":"problem","atMs":1,"code":"x"}',
    reason: 'not a whole `problem` record',
  },
  { name: 'a second header', line: lines[0]!, reason: 'a second header' },
])('a damaged line is named and the others are used: $name', ({ line, reason }) => {
  const session = parseProbeSession(lines.with(3, line).join('\n') + '\n');
  expect(session.damaged).toEqual([`line 4: ${reason}`]);
  expect(session.events).toHaveLength(6);
});

test('a record that was cut anywhere behind its header gives its whole lines and at most one damaged one', () => {
  for (let length = lines[0]!.length; length <= text.length; length++) {
    const cut = text.slice(0, length);
    const { process, problems, events, damaged } = parseProbeSession(cut);
    const whole = cut.split('\n').length - 1;
    expect(damaged.length).toBeLessThanOrEqual(1);
    expect(1 + process.length + problems.length + events.length).toBeGreaterThanOrEqual(whole);
  }
});

test('kinds of record that this schema does not have are left out', () => {
  const session = parseProbeSession(
    text + '["window",1,0]\n["constructor",1,2]\n{"type":"weather","atMs":1}\n',
  );
  expect(session).toEqual(parseProbeSession(text));
});

describe('without a header nothing can be read', () => {
  test.each([
    { name: 'empty', content: '', found: 'an empty file' },
    { name: 'not JSON', content: '\u0000\u0001', found: 'no readable header' },
    { name: 'another record first', content: lines.slice(1).join('\n'), found: 'no readable header' },
    {
      name: 'a state that is not known',
      content: JSON.stringify({ ...header, connections: [{ id: 0, state: 'asleep', actsAfterMs: 1 }] }),
      found: 'no readable header',
    },
    { name: 'cut', content: lines[0]!.slice(0, -3), found: 'no readable header' },
  ])('$name', ({ content, found }) => {
    expect(() => parseProbeSession(content, 'x.ndjson')).toThrow(
      `x.ndjson:1 expected the header of a probe, found ${found}`,
    );
  });

  test('no such file', async () => {
    await expect(readProbeSession(path.join(folder, 'none'))).rejects.toMatchObject({
      code: 'probe-missing',
    });
  });
});
