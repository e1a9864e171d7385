import { describe, expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { exitCodeOf } from './exit-code.ts';
import { renderReadmeSection } from './readme.ts';
import { renderTerminal } from './terminal.ts';
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

describe('a server that did not carry the rate of the run', () => {
  const rates = [{ variant: 'toy/bare', requestDelayMs: 200, carriedPerSecond: 24.3, ratePerSecond: 10 }];
  const slow = syntheticRun((options) =>
    options.variant === 'toy/bare' && options.scenario === 'slow'
      ? { ...options, ratePerSecond: 2.5 }
      : options,
  );
  const report = buildReport({ ...slow.info, rates }, findingsOf(slow));

  test('its cell, the legend and the remarks say so', () => {
    const text = renderTerminal(report, { colour: false });
    expect(text.split('\n').slice(0, 4).join('\n')).toMatchInlineSnapshot(`
      "                naive                             prestop                           slow
      variant         fresh            persistent       fresh            persistent       fresh            persistent       drain         exit
      toy/bare        150/232 refused  0/116 (≤63 %)    0/232 (≤63 %)    75/116 reset     0/10 (≤63 %) at 10/s  0/5 (≤63 %) at 10/s  0.10 s  143
        Toy 1.2.3 on Node.js http: no signal handler (3 terminations per scenario)"
    `);
    expect(text).toContain('at n/s: the server does not carry 200 requests/s');
    expect(renderReadmeSection(report, 'results/embedded.md')).toContain(
      '`at n/s`: the server does not carry 200 requests/s',
    );
    expect(report.remarks).toEqual([
      'toy/bare with requests of 0.2 s: a pre-test of 3 s carried 24.3 of 200 requests/s; its trials send 10/s.',
    ]);
  });

  test('repetitions at different rates are not mixed silently', () => {
    const trials = ['toy/bare/slow/1', 'toy/bare/slow/2'];
    const mixed = [findingsOf(run), findingsOf(slow)].flatMap((found, index) =>
      found
        .filter(({ trial }) => trial.id === 'toy/bare/slow/1')
        .map((one) => ({ ...one, trial: { ...one.trial, id: trials[index] ?? '' } })),
    );
    const cell = buildReport({ ...run.info, trials }, mixed).rows[0]?.cells[2];
    expect(cell?.columns?.fresh.otherRates).toEqual([10, 200]);
  });
});

test('doubts about a valid trial are in its cell and in the remarks', () => {
  const text = 'requests began up to 31.0 ms late';
  const doubtful = findings.map((one) =>
    one.trial.id === 'toy/bare/naive/1' ? { ...one, flags: [{ code: 'schedule-lag', text }] } : one,
  );
  const report = buildReport(run.info, doubtful);
  expect(report.rows[0]?.cells.map(({ flags }) => flags)).toEqual([['schedule-lag'], [], []]);
  expect(renderTerminal(report, { colour: false })).toContain(`toy/bare/naive/1 (schedule-lag): ${text}`);
});
