import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { kindsLegend, lossWords } from './loss-kinds.ts';
import type { ColumnReport, RunReport } from './model.ts';
import { findingsOf, repeatedRun, syntheticRun } from './testing/synthetic-run.ts';

const run = repeatedRun();
const report = buildReport(run.info, findingsOf(run));

/** The report with only the cells that lost in this way. */
function having(verdict: ColumnReport['verdict'], classes: ColumnReport['classes']): Pick<RunReport, 'rows'> {
  const rows = report.rows.slice(0, 1).map((row) => ({
    ...row,
    cells: row.cells.map((cell) => ({
      ...cell,
      columns: cell.columns && {
        fresh: { ...cell.columns.fresh, verdict, classes, repetitions: { valid: 3, withLoss: 2, all: 3 } },
        persistent: { ...cell.columns.persistent, verdict: 'no loss seen' as const },
      },
    })),
  }));
  return { rows };
}

test.each<{ name: string; of: Pick<RunReport, 'rows'>; terms: string[] }>([
  { name: 'no loss', of: having('no loss seen', { always: [], sometimes: [] }), terms: [] },
  { name: 'one kind', of: having('loses', { always: ['eof'], sometimes: [] }), terms: [] },
  { name: 'two kinds', of: having('loses', { always: ['eof', 'reset'], sometimes: [] }), terms: ['a + b'] },
  {
    name: 'one kind, sometimes another',
    of: having('loses', { always: ['eof'], sometimes: ['reset'] }),
    terms: ['a, sometimes b'],
  },
  {
    name: 'one kind, sometimes two others',
    of: having('loses', { always: ['eof'], sometimes: ['reset', 'refused'] }),
    terms: ['a + b', 'a, sometimes b'],
  },
  {
    name: 'another kind each time',
    of: having('loses', { always: [], sometimes: ['eof', 'reset'] }),
    terms: ['a or b'],
  },
  {
    name: 'a loss in some',
    of: having('loses sometimes', { always: [], sometimes: ['eof'] }),
    terms: ['k in n'],
  },
  { name: 'all of them', of: report, terms: ['a, sometimes b', 'a or b', 'k in n'] },
])('the legend explains $name', ({ of, terms }) => {
  expect(kindsLegend(of).map((line) => line.split(': ')[0])).toEqual(terms);
});

test('one repetition names the most frequent kind, several name all', () => {
  const once = syntheticRun();
  expect(lossWords(buildReport(once.info, findingsOf(once)))).toBe(
    'lost/sent and the most frequent kind of loss',
  );
  expect(lossWords(report)).toBe('lost/sent and the kinds of loss, most frequent first');
});
