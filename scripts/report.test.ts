import { execa } from 'execa';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syntheticRun } from './report/testing/synthetic-run.ts';
import { storeRun } from './run/testing/stored.ts';

let results = '';
beforeAll(() => {
  results = fs.mkdtempSync(path.join(os.tmpdir(), 'report-command-'));
  storeRun(results, syntheticRun());
  const failing = syntheticRun((options) =>
    options.variant === 'controls/abrupt' ? { ...options, fail: () => undefined } : options,
  );
  failing.info.id = '2026-11-19T00-00-00';
  storeRun(results, failing);
});
afterAll(() => fs.rmSync(results, { recursive: true }));

const report = (...words: string[]) =>
  execa('node', [path.join(import.meta.dirname, 'report.ts'), ...words, '--results', results], {
    reject: false,
  });

test('prints the report of a stored run and whether its findings were found again', async () => {
  const { exitCode, stdout } = await report('latest');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('150/232 refused');
  expect(stdout).toContain('identical in 13 of 13 trials');
});

test('--json prints one document', async () => {
  const { exitCode, stdout } = await report('latest', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    verdict: 'proven',
    rows: [{ variant: 'toy/bare' }, {}, {}],
  });
});

test('a run whose controls failed ends with 2', async () => {
  const { exitCode, stdout } = await report('2026-11-19T00-00-00');
  expect(exitCode).toBe(2);
  expect(stdout.startsWith('INVALID RUN')).toBe(true);
});

test('a typo is answered with the nearest run', async () => {
  const { exitCode, stderr } = await report('2026-11-20T10-00-0');
  expect(exitCode).toBe(64);
  expect(stderr).toContain('Did you mean 2026-11-20T10-00-00?');
});
