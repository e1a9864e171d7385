import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { openRun } from './stored-run.ts';

const info = syntheticRun().info;
let results = '';
const store = (id: string, content: string): string => {
  const folder = path.join(results, 'runs', id);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'run.json'), content);
  return folder;
};
beforeAll(() => {
  results = fs.mkdtempSync(path.join(os.tmpdir(), 'stored-run-'));
  for (const id of ['2026-11-20T10-00-00', '2026-11-21T09-00-00']) store(id, JSON.stringify({ ...info, id }));
});
afterAll(() => fs.rmSync(results, { recursive: true }));

test('a run is found by id, by folder and as the latest', () => {
  const folder = path.join(results, 'runs', '2026-11-20T10-00-00');
  expect(openRun('2026-11-20T10-00-00', results).folder).toBe(folder);
  expect(openRun(folder, '/nowhere').info.id).toBe('2026-11-20T10-00-00');
  expect(openRun('latest', results).info.id).toBe('2026-11-21T09-00-00');
});

test.each([
  { name: 'a typo', run: '2026-11-20T10-00-01', hint: 'Did you mean 2026-11-20T10-00-00?' },
  { name: 'nothing like it', run: 'x', hint: 'Did you mean 2026-11-21T09-00-00?' },
  { name: 'a misspelt latest', run: 'lates', hint: 'Did you mean latest?' },
])('an unknown run: $name', ({ run, hint }) => {
  expect(() => openRun(run, results)).toThrow(hint);
  expect(() => openRun(run, results)).toThrow(expect.objectContaining({ code: 'unknown-run', exitCode: 64 }));
});

test('no run at all', () => {
  expect(() => openRun('latest', path.join(results, 'none'))).toThrow('npm run lab makes one');
});

test.each([
  { name: 'cut off', content: '{"schema":1,', found: 'JSON' },
  { name: 'null', content: 'null', found: 'no schema or no id' },
  { name: 'not a run', content: '{}', found: 'no schema or no id' },
  { name: 'newer', content: '{"schema":99,"id":"a"}', found: 'schema 99' },
  { name: 'without rows', content: '{"schema":1,"id":"a","trials":[]}', found: 'a part of it missing' },
])('an unreadable run.json: $name', ({ name, content, found }) => {
  const folder = store(`broken-${name}`, content);
  expect(() => openRun(folder, results)).toThrow(found);
  expect(() => openRun(folder, results)).toThrow(expect.objectContaining({ code: 'run-unreadable' }));
  fs.rmSync(folder, { recursive: true });
});
