import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHistory, timed } from './history.ts';

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'history-'));
});
afterEach(() => rmSync(results, { recursive: true, force: true }));

function store(file: string, text: string): void {
  const path = join(results, 'runs', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const took = (key: string, durationMs: number) => JSON.stringify(timed(key, durationMs));

test('of trials and probes the newest run counts', () => {
  store('2026-01-01/gin/naive/prestop/1/trial.json', took('gin/naive/prestop', 11_000));
  store('2026-01-02/gin/naive/prestop/1/trial.json', took('gin/naive/prestop', 12_000.4));
  store('2026-01-01/gin/naive/_probe/probe.json', took('gin/naive/_probe', 21_000));
  store('2026-01-02/gin/naive/_probe/probe.json', took('gin/naive/_probe', 22_000));
  expect([...readHistory(results)].sort()).toEqual([
    ['gin/naive/_probe', 22_000],
    ['gin/naive/prestop', 12_000],
  ]);
});

test('what was put aside, interrupted or is damaged does not', () => {
  store('2026-01-01/gin/naive/prestop/1.overloaded/trial.json', took('gin/naive/prestop', 1));
  store('2026-01-01/_stopped/x/gin/naive/prestop/1/trial.json', took('gin/naive/prestop', 2));
  store('2026-01-01/gin/naive/prestop/1/trial.json', JSON.stringify({ id: 'gin/naive/prestop/1' }));
  store('2026-01-01/gin/naive/_probe/probe.json', '{ "key": "gin/na');
  expect(readHistory(results).size).toBe(0);
  expect(readHistory(join(results, 'nothing-here')).size).toBe(0);
});
