import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { exitCodeOf } from './exit-code.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';

const run = syntheticRun();
const findings = findingsOf(run);

test('rows are the variants that are no controls, in the order of the catalogue', () => {
  const { rows, verdict } = buildReport(run.info, findings);
  expect(verdict).toBe('proven');
  expect(rows.map(({ variant, failure }) => [variant, failure])).toEqual([
    ['toy/bare', null],
    ['toy/closing', null],
    ['other/graceful', 'skipped: needs Go ≥ 1.24, not found'],
  ]);
});

test('a cell has what was lost, when, and what the client hid', () => {
  const [bare] = buildReport(run.info, findings).rows;
  const cell = bare?.cells.find(({ scenario }) => scenario === 'prestop');
  expect(cell?.hiddenResends).toBe(75);
  expect(cell?.columns?.persistent).toMatchObject({
    verdict: 'loses',
    lost: 75,
    of: 116,
    byPhase: { terminating: 3, draining: 12, exited: 60 },
    terminations: 3,
    terminationsWithLoss: 3,
  });
});

test('drain and exits are those of valid trials', () => {
  const [bare] = buildReport(run.info, findings).rows;
  expect(bare).toMatchObject({ drainMs: { shortest: 100, longest: 100 }, exits: ['143'] });
});

test('the order in which findings come does not matter', () => {
  expect(buildReport(run.info, findings.toReversed())).toEqual(buildReport(run.info, findings));
});

test('the sham is no trial of its row', () => {
  const info = { ...run.info, rows: run.info.rows.map((row) => ({ ...row, control: false })) };
  const ideal = buildReport(info, findings).rows.find(({ variant }) => variant === 'controls/ideal');
  expect(ideal?.cells.map(({ columns }) => columns?.fresh.repetitions.all)).toEqual([1, 1, 1]);
});

test.each([
  { name: 'interrupted', change: { interrupted: true }, words: 'The run was interrupted' },
  { name: 'killed', change: { finished: null }, words: 'The run did not finish' },
])('a run that was $name says so', ({ change, words }) => {
  const { remarks } = buildReport({ ...run.info, ...change }, findings.slice(0, 12));
  expect(remarks[0]).toContain(words);
  expect(remarks[1]).toBe('1 of 13 planned trials have no findings.');
});

test('exit codes', () => {
  const report = buildReport(run.info, findings);
  expect(exitCodeOf(report)).toBe(0);
  expect(exitCodeOf({ ...report, verdict: 'invalid' })).toBe(2);
  expect(exitCodeOf({ ...report, trials: [] })).toBe(2);
  const invalid = report.trials.map((trial) => ({ ...trial, invalid: [{ code: 'x', text: 'x' }] }));
  expect(exitCodeOf({ verdict: 'unproven', trials: invalid })).toBe(2);
});
