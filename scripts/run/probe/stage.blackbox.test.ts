import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { probeKey } from '../../catalogue/estimate.ts';
import type { RowReport, RunReport } from '../../report/model.ts';
import { readHistory } from '../history.ts';
import { startCommand } from '../testing/lab-process.ts';
import { reached } from '../testing/reached.ts';
import { tinyLabs, type TinyLab } from '../testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

/** On a machine that is too busy no trial may be valid: a probe counts all the same. */
const proven = [0, 2];

function readReport(text: string): RunReport {
  return JSON.parse(text) as RunReport;
}

function storedReport(lab: TinyLab): RunReport {
  return readReport(readFileSync(lab.files('report.json')[0] ?? 'no report', 'utf8'));
}

function probeOf({ rows }: RunReport, variant: string): RowReport['probe'] {
  return rows.find((row) => row.variant === variant)?.probe ?? null;
}

const findings = (lab: TinyLab, variant: string) => lab.files(`toy/${variant}/_probe/findings.json`);

/** What was recorded of a variant's probe, by file. */
function records(lab: TinyLab, variant: string): Map<string, string> {
  const files = lab.files(`toy/${variant}/_probe/*.ndjson`).sort();
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

describe('a run with probes', () => {
  test('has the strategy of each variant that can be started, from records that give it again', async () => {
    const frameworks = [
      { id: 'toy', variants: [{ name: 'exits', env: { END: 'exit' } }] },
      { id: 'broken', build: 'echo no such library >&2; exit 4' },
      { id: 'crashing', variants: [{ name: 'server', env: { START: 'crash' } }] },
    ];
    const lab = labs.make(frameworks, {}, { probe: true });
    const { exitCode, stdout } = await lab.run('--json').ended;
    expect(proven).toContain(exitCode);
    const report = readReport(stdout);
    const strategy = probeOf(report, 'toy/exits')?.strategy ?? '';
    expect(strategy).toMatch(/^[a-z]/);
    expect(strategy).not.toBe('not probed');
    expect(report.run.probes?.toSorted()).toEqual(['broken/server', 'crashing/server', 'toy/exits']);
    expect(report.run.durations.probesMs).toBeGreaterThan(0);
    const table = readFileSync(lab.files('report.md')[0] ?? '', 'utf8');
    expect(table).toMatch(/^\|.*\| Strategy +\|/m);
    expect(table.split('\n').some((line) => line.includes('`toy/exits`') && line.includes(strategy))).toBe(
      true,
    );

    expect(probeOf(report, 'broken/server')?.failure).toContain('build failed');
    expect(probeOf(report, 'crashing/server')?.failure).toContain('crashing/server cannot be probed');

    const sessions = [...records(lab, 'exits').keys()].map((file) => file.replace(/^.*\//, ''));
    expect(sessions).toEqual(
      expect.arrayContaining(['busy-idle.1.ndjson', 'quiet-idle.1.ndjson', 'sweep.1.ndjson']),
    );
    const [probed] = [...readHistory(lab.results)].filter(([key]) => key === probeKey('toy/exits'));
    expect(probed?.[1]).toBeGreaterThan(0);
    expect(probed?.[1]).toBeLessThanOrEqual(report.run.durations.probesMs ?? 0);
    // Only its being there counts, not what it says.
    writeFileSync(findings(lab, 'exits')[0] ?? '', JSON.stringify({ variant: 'toy/exits', failure: null }));
    const again = readReport((await lab.report('--json').ended).stdout);
    expect(again.rows.map(({ probe }) => probe)).toEqual(report.rows.map(({ probe }) => probe));
    expect(lab.processes()).toEqual([]);
  });
});

test('a run without probes has no strategies, and no word of them', async () => {
  const lab = labs.make([{ id: 'toy', variants: [{ name: 'server', env: { START: 'crash' } }] }]);
  await lab.run().ended;
  const report = storedReport(lab);
  expect(report.run.options.probe).toBe(false);
  expect(report.run.probes).toBeUndefined();
  expect(report.run.durations.probesMs ?? null).toBeNull();
  expect(report.rows).toMatchObject([{ variant: 'toy/server', probe: null }]);
  expect(lab.files('**/_probe')).toEqual([]);
  expect(readFileSync(lab.files('report.md')[0] ?? '', 'utf8')).not.toContain('Strategy');
});

test('Ctrl+C while variants are probed: the run goes on with the probes that are missing', async () => {
  const variants = [{ name: 'a' }, { name: 'b' }];
  const { lab, run } = await reached(
    () => labs.make([{ id: 'toy', variants }], {}, { probe: true }),
    (started) => findings(started, 'a').length === 1 && records(started, 'b').size > 0,
  );
  run.kill('SIGINT');
  const { exitCode, stderr } = await run.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/^Go on with: npm run lab -- --resume /m);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(lab.processes()).toEqual([]);
  expect(lab.files('toy/*/naive')).toEqual([]);
  expect(findings(lab, 'b')).toEqual([]);
  expect((await lab.report().ended).exitCode).toBe(2);
  const listed = await startCommand('lab', ['--resume', '--list', '--results', lab.results]).ended;
  expect(listed.stdout).toMatch(/^1 probe, about \d+ s, and 2 trials, /m);
  // One that failed is tried again like one that was not finished.
  const failed = { variant: 'toy/b', probe: null, sweep: null, failure: 'toy/b cannot be probed' };
  writeFileSync((findings(lab, 'a')[0] ?? '').replace('/toy/a/', '/toy/b/'), JSON.stringify(failed));
  const again = await startCommand('lab', ['--resume', '--list', '--results', lab.results]).ended;
  expect(again.stdout).toMatch(/^1 probe, about \d+ s, and 2 trials, /m);

  const before = records(lab, 'a');
  const resumed = await startCommand('lab', ['--resume', '--results', lab.results, '--json']).ended;
  expect(proven).toContain(resumed.exitCode);
  expect(records(lab, 'a')).toEqual(before);
  // A sweep may have been made again, when the machine was too busy.
  const sessions = (variant: string) =>
    [...records(lab, variant).keys()]
      .map((file) => file.replace(/^.*\//, ''))
      .filter((file) => !file.startsWith('sweep.'));
  expect(sessions('b')).toEqual(sessions('a'));
  const report = readReport(resumed.stdout);
  expect(report.rows).toMatchObject(
    variants.map(({ name }) => ({ variant: `toy/${name}`, probe: { failure: null } })),
  );
  expect(report.run).toMatchObject({ interrupted: false, probes: ['toy/a', 'toy/b'] });
  expect(lab.processes()).toEqual([]);
});
