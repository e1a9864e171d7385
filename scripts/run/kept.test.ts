import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TrialFindings } from '../analysis/findings.ts';
import type { Trial } from '../catalogue/model.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { putAside, readKept } from './kept.ts';
import { storeRun } from './testing/stored.ts';

const id = 'toy/bare/naive/1';
const { info } = syntheticRun();
let results = '';
let folder = '';
beforeEach(() => {
  results = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-'));
  folder = storeRun(results, syntheticRun());
});
afterEach(() => fs.rmSync(results, { recursive: true }));

const file = (name: string) => path.join(folder, id, name);
const stored = () => JSON.parse(fs.readFileSync(file('findings.json'), 'utf8')) as TrialFindings;

test.each<[string, boolean, () => string | undefined]>([
  ['as it was stored', true, () => JSON.stringify(stored())],
  [
    'that proved nothing',
    true,
    () => JSON.stringify({ ...stored(), invalid: [{ code: 'baseline-not-clean', text: 'x' }] }),
  ],
  [
    'that was interrupted, whatever came of it',
    false,
    () =>
      JSON.stringify({
        ...stored(),
        invalid: [
          { code: 'interrupted', text: 'Interrupted.' },
          { code: 'load-not-stopped', text: 'x' },
        ],
      }),
  ],
  ['without findings', false, () => undefined],
  ['with findings cut off', false, () => JSON.stringify(stored()).slice(0, 100)],
  ['with null for findings', false, () => 'null'],
  [
    'with findings of another trial',
    false,
    () => JSON.stringify({ ...stored(), trial: { id: 'toy/x/naive/1' } }),
  ],
  ['with findings of another schema', false, () => JSON.stringify({ ...stored(), schema: 99 })],
  ['with findings that lack a part', false, () => JSON.stringify({ ...stored(), losses: undefined })],
])('a trial %s: kept %s', (_, isKept, content) => {
  const text = content();
  if (text === undefined) fs.rmSync(file('findings.json'));
  else fs.writeFileSync(file('findings.json'), text);
  const kept = readKept(folder, info.trials).map(({ trial }) => trial.id);
  expect(kept).toEqual(isKept ? info.trials : info.trials.filter((trial) => trial !== id));
});

test.each([
  ['its rate is not known', undefined, true],
  [
    'its rate is kept',
    [{ variant: 'toy/bare', requestDelayMs: 0, carriedPerSecond: 60, ratePerSecond: 30 }],
    false,
  ],
])('a pre-test is put aside with its trial: %s', (_, rates, isMoved) => {
  const pretest = path.join(folder, 'toy/bare/naive/pretest');
  fs.mkdirSync(pretest);
  const trial = { id, variant: { id: 'toy/bare' }, scenario: { requestDelaySeconds: 0 } } as Trial;
  const timeline = fs.readFileSync(file('timeline.ndjson'), 'utf8');
  putAside({ folder, info: { ...info, ...(rates && { rates }) } }, [trial], 'now');
  expect(fs.existsSync(path.join(folder, id))).toBe(false);
  const moved = path.join(folder, '_stopped/now', id, 'timeline.ndjson');
  expect(fs.readFileSync(moved, 'utf8')).toBe(timeline);
  expect(fs.existsSync(pretest)).toBe(!isMoved);
  expect(fs.existsSync(path.join(folder, '_stopped/now/toy/bare/naive/pretest'))).toBe(isMoved);
});
