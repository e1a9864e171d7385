import type { ColumnReport, RunReport } from './model.ts';

/**
 * The kinds of loss in a cell, in parts that may stand below each other: `refused + eof` and `sometimes reset`. One
 * repetition cannot tell what is always lost, so it names the most frequent kind alone.
 */
export function kindsOfLoss(
  column: Pick<ColumnReport, 'verdict' | 'mainClass' | 'classes' | 'repetitions'>,
): string[] {
  const { verdict, mainClass, classes, repetitions } = column;
  const { always, sometimes } = classes;
  if (repetitions.all === 1) return [mainClass ?? ''];
  // Not every repetition lost anything, so no kind can have been lost in each: how many did stands behind.
  if (verdict === 'loses sometimes') return [sometimes.join(' + ')];
  if (always.length === 0) return [sometimes.join(' or ')];
  return [always.join(' + '), ...(sometimes.length === 0 ? [] : [`sometimes ${sometimes.join(' + ')}`])];
}

/** What stands in a cell that lost something. */
export function lossWords({ run }: Pick<RunReport, 'run'>): string {
  const kinds =
    run.options.repeat > 1 ? 'the kinds of loss, most frequent first' : 'the most frequent kind of loss';
  return `lost/sent and ${kinds}`;
}

/** What joins several kinds of loss in the cells of this report, in sentences; of what no cell has it says nothing. */
export function kindsLegend({ rows }: Pick<RunReport, 'rows'>): string[] {
  const losing = rows
    .flatMap(({ cells }) => cells)
    .flatMap(({ columns }) => (columns === null ? [] : [columns.fresh, columns.persistent]))
    .filter(({ verdict }) => verdict === 'loses' || verdict === 'loses sometimes');
  const kinds = losing.flatMap(kindsOfLoss);
  const isThere = (word: string) => kinds.some((text) => text.includes(word));
  return [
    ...(isThere(' + ') ? ['a + b: both kinds.'] : []),
    ...(isThere('sometimes ') ? ['a, sometimes b: each repetition lost a, and some of them b.'] : []),
    ...(isThere(' or ') ? ['a or b: each repetition lost something, but none of these in all of them.'] : []),
    ...(losing.some(({ verdict }) => verdict === 'loses sometimes')
      ? ['k in n: lost something in k of n repetitions.']
      : []),
  ];
}
