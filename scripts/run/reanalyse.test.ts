import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { describeReanalysis, reanalyse } from './reanalyse.ts';
import { openRun } from './stored-run.ts';
import { storeRun } from './testing/stored.ts';

let results = '';
let folder = '';
beforeEach(() => {
  results = fs.mkdtempSync(path.join(os.tmpdir(), 'reanalyse-'));
  folder = storeRun(results, syntheticRun());
});
afterEach(() => fs.rmSync(results, { recursive: true }));

const again = () => reanalyse(openRun('latest', results));
const trialFile = (name: string) => path.join(folder, 'toy', 'bare', 'naive', '1', name);

test('the stored findings are found again', async () => {
  const result = await again();
  expect(result.findings).toHaveLength(13);
  expect(describeReanalysis(result)).toEqual(['findings are identical in 13 of 13 trials']);
});

test('findings that differ are named', async () => {
  const stored = JSON.parse(fs.readFileSync(trialFile('findings.json'), 'utf8')) as object;
  fs.writeFileSync(trialFile('findings.json'), JSON.stringify({ ...stored, replicas: 4, more: 1 }));
  expect(describeReanalysis(await again())).toEqual([
    'findings are identical in 12 of 13 trials',
    'toy/bare/naive/1 differs in replicas, more',
  ]);
});

test('a truncated timeline is reported with its place, and what is whole is used', async () => {
  const file = trialFile('timeline.ndjson');
  const text = fs.readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const whole = lines.slice(0, 2000).join('\n') + '\n';
  fs.writeFileSync(file, whole + lines[2000]!.slice(0, 12));
  const result = await again();
  const byte = Buffer.byteLength(whole);
  expect(describeReanalysis(result).slice(1)).toEqual([
    expect.stringContaining('toy/bare/naive/1 differs in '),
    `${file}:2001 (byte ${byte}): not JSON: cut off or damaged: ${JSON.stringify(lines[2000]!.slice(0, 12))}; left out`,
  ]);
  const findings = result.findings.find(({ trial }) => trial.id === 'toy/bare/naive/1');
  expect(findings?.populations['fresh-get'].started).toBeGreaterThan(50);
  expect(findings?.invalid.map(({ code }) => code)).toContain('timeline-damaged');
});

test('a timeline without a header costs its own trial only', async () => {
  fs.writeFileSync(trialFile('timeline.ndjson'), '');
  const result = await again();
  expect(result.findings).toHaveLength(12);
  expect(result.remarks).toEqual([expect.stringContaining('naive/1/timeline.ndjson:1 expected the header')]);
});

test('a missing timeline is named', async () => {
  fs.rmSync(trialFile('timeline.ndjson'));
  expect((await again()).remarks).toEqual([expect.stringContaining('found none')]);
});

test('a trial that did not finish is left out', async () => {
  fs.rmSync(trialFile('findings.json'));
  const result = await again();
  expect(result.findings).toHaveLength(12);
  expect(result.remarks).toEqual(['toy/bare/naive/1 did not finish and is left out']);
});
