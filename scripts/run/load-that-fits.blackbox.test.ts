import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { RunReport } from '../report/model.ts';
import { attempts } from './testing/attempts.ts';
import { fileContains, processesNaming } from './testing/lab-process.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

function cellOf(report: RunReport) {
  const columns = report.rows[0]?.cells[0]?.columns;
  if (!columns) throw new Error(`no cell: ${JSON.stringify(report.rows)}`);
  return columns;
}

test('a server that handles one request at a time gets a rate that it carries, once', async () => {
  const lab = labs.make([{ id: 'toy', variants: [{ name: 'serial', env: { ANSWER: 'serial' } }] }]);
  const { stdout, stderr } = await lab.run('--rate', '200', '--repeat', '2').ended;
  expect(stdout, stderr).toMatch(/toy\/serial +(\d+\/\d+ .*|invalid) at (10|5)\/s/);
  expect(stdout).toMatch(/toy\/serial: a pre-test of 3 s carried [\d.]+ of 200 requests\/s; its trials send/);
  expect(stdout).toContain('at n/s: the server does not carry 200 requests/s');

  // Two pods that take 0.1 s for each request, one after the other: at most 20/s.
  const report = JSON.parse(readFileSync(lab.files('report.json')[0] ?? '', 'utf8')) as RunReport;
  const [rate] = report.run.rates ?? [];
  expect(report.run.rates).toHaveLength(1);
  expect(rate?.carriedPerSecond).toBeLessThan(21);
  expect(rate?.ratePerSecond).toBeLessThanOrEqual((rate?.carriedPerSecond ?? 0) / 2);
  for (const { load } of report.trials) expect(load.ratePerSecond).toBe(rate?.ratePerSecond);

  // The trial that was given up is kept beside those that count, and only the first had to be.
  const [aside = ''] = lab.files('toy/serial/naive/1.overloaded/timeline.ndjson');
  expect(fileContains(aside, 'did not carry 200 requests/s')).toBe(true);
  expect(lab.files('toy/serial/naive/2.overloaded')).toEqual([]);
  expect(lab.files('toy/serial/naive/pretest/timeline.ndjson')).toHaveLength(1);

  const again = await lab.report('--json').ended;
  const found = JSON.parse(again.stdout) as RunReport;
  expect(found.trials).toEqual(report.trials);
  expect(found.remarks).toContain('findings are identical in 2 of 2 trials');
  expect(processesNaming(lab.root)).toBe('');
});

test('a server that closes after each answer has no persistent connections to lose', async () => {
  const lab = labs.make([{ id: 'toy', variants: [{ name: 'closing', env: { ANSWER: 'close' } }] }]);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { stdout } = await lab.run('--json').ended;
    const { fresh, persistent } = cellOf(JSON.parse(stdout) as RunReport);
    // On a machine that is too busy the trial may be invalid.
    if (fresh.verdict === 'invalid') continue;
    expect(persistent.verdict).toBe('n/a');
    expect(fresh.of).toBeGreaterThan(0);
    return;
  }
  throw new Error('no valid trial');
});
