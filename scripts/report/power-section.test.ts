import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import type { ColumnReport, RunReport } from './model.ts';
import { powerLegend, powerLines } from './power-section.ts';
import { cleanSweep, probed } from './testing/probed.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';

const run = syntheticRun();
const findings = findingsOf(run);
const report = buildReport(run.info, findings);

/** The report with all columns of new connections changed. */
function withFresh(change: Partial<ColumnReport>): RunReport {
  const rows = report.rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell) => ({
      ...cell,
      columns: cell.columns && { ...cell.columns, fresh: { ...cell.columns.fresh, ...change } },
    })),
  }));
  return { ...report, rows };
}

test.each<{ name: string; of: RunReport; lines: string[] }>([
  {
    name: 'one line for each row that was measured; n/a is left out',
    of: report,
    lines: [
      'toy/bare: naive: fresh 3 of 3, 40 ms; persistent 0 of 3, 44 ms. prestop: fresh 0 of 3, 40 ms; persistent 3 of 3, 44 ms. slow: fresh 0 of 3, 40 ms; persistent 0 of 3, 44 ms',
      'toy/closing: naive: fresh 0 of 3, 40 ms. prestop: fresh 0 of 3, 40 ms',
    ],
  },
  {
    name: 'the sweep is told once',
    of: buildReport(run.info, findings, { probed: [probed({ variant: 'toy/closing' })] }),
    lines: [
      'toy/bare: naive: fresh 3 of 3, 40 ms; persistent 0 of 3, 44 ms. prestop: fresh 0 of 3, 40 ms; persistent 3 of 3, 44 ms. slow: fresh 0 of 3, 40 ms; persistent 0 of 3, 44 ms',
      'toy/closing: naive: fresh 0 of 3, 40 ms. prestop: fresh 0 of 3, 40 ms. sweep: 0.30 ms',
    ],
  },
  {
    name: 'the sweep of a row whose trials failed',
    of: buildReport(run.info, findings, { probed: [probed({ variant: 'other/graceful' })] }),
    lines: [expect.anything(), expect.anything(), 'other/graceful: sweep: 0.30 ms'] as string[],
  },
  {
    name: 'an invalid sweep is left out',
    of: buildReport(run.info, findings, {
      probed: [probed({ variant: 'toy/closing', sweep: cleanSweep({ terminations: 0 }) })],
    }),
    lines: [
      expect.anything() as string,
      'toy/closing: naive: fresh 0 of 3, 40 ms. prestop: fresh 0 of 3, 40 ms',
    ],
  },
  {
    name: 'invalid columns are left out, and a row without any other',
    of: withFresh({ verdict: 'invalid' }),
    lines: [
      'toy/bare: naive: persistent 0 of 3, 44 ms. prestop: persistent 3 of 3, 44 ms. slow: persistent 0 of 3, 44 ms',
    ],
  },
  {
    name: 'no window would have been seen',
    of: withFresh({ smallestWindowMs: null }),
    lines: [expect.anything() as string, 'toy/closing: naive: fresh 0 of 3, –. prestop: fresh 0 of 3, –'],
  },
])('what would have been seen: $name', ({ of, lines }) => {
  expect(powerLines(of)).toEqual(lines);
});

test('the legend explains what there is', () => {
  expect(powerLegend({ rows: [] })).toEqual([]);
  expect(powerLegend(report)).toHaveLength(1);
  expect(powerLegend(withFresh({ smallestWindowMs: null }))[1]).toMatch(/^–: no window of any length/);
});
