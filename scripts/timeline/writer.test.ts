import { execa } from 'execa';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TimelineRecord } from './records.ts';
import { openTimeline } from './writer.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'timeline-writer-'));
  file = path.join(folder, 'trial', 'timeline.ndjson');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const clock = (atMs: number): TimelineRecord => ({ type: 'clock', atMs, epochMs: 1_700_000_000_000 + atMs });
const stored = (): unknown[] =>
  fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('records are whole lines in the order in which they were appended', async () => {
  const records = Array.from({ length: 5000 }, (_, index) => clock(index));
  {
    await using timeline = openTimeline(file);
    for (const record of records) timeline.append(record);
  }
  expect(stored()).toEqual(records);
});

test('records reach the file without closing it', async () => {
  await using timeline = openTimeline(file);
  timeline.append(clock(1));
  await expect.poll(() => fs.statSync(file).size, { timeout: 30_000 }).toBeGreaterThan(0);
  timeline.append(clock(2));
  timeline.flush();
  expect(stored()).toEqual([clock(1), clock(2)]);
});

test('a closed timeline takes no record and can be closed again', async () => {
  const timeline = openTimeline(file);
  await timeline[Symbol.asyncDispose]();
  await timeline[Symbol.asyncDispose]();
  expect(() => timeline.append(clock(1))).toThrow('after the timeline was closed');
});

test('a line that an earlier writer left cut off spoils no line but itself', async () => {
  fs.mkdirSync(path.dirname(file));
  fs.writeFileSync(file, '["sent",1,2,"fr');
  {
    await using timeline = openTimeline(file);
    timeline.append(clock(1));
  }
  expect(fs.readFileSync(file, 'utf8')).toBe(`["sent",1,2,"fr\n${JSON.stringify(clock(1))}\n`);
});

test('a killed writer leaves whole lines', async () => {
  const script = `
    import { openTimeline } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'writer.ts')).href)};
    const timeline = openTimeline(${JSON.stringify(file)});
    setInterval(() => {
      for (let index = 0; index < 500; index++) timeline.append({ type: 'clock', atMs: index, epochMs: index });
    }, 5);`;
  const writer = execa('node', ['--input-type=module', '--eval', script], { reject: false });
  const size = (): number => (fs.existsSync(file) ? fs.statSync(file).size : 0);
  await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(0);
  writer.kill('SIGKILL');
  await writer;
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const broken = lines.slice(0, -1).filter((line) => !line.endsWith('}'));
  expect(broken).toEqual([]);
});
