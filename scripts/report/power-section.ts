import { columns } from '../analysis/judge.ts';
import { hitsText, milliseconds } from './figures.ts';
import type { CellReport, ColumnReport, RowReport, RunReport } from './model.ts';

export const powerTitle = 'What would have been seen';

/** Stands for a loss window where none of any length would have been seen. */
const none = '–';
/** Stands for one that nobody knows. */
const unknown = '?';

/**
 * One line for each variant: in how many terminations a loss was seen, and the smallest loss window that load and sweep
 * would have seen. Columns that do not apply or were not measured are left out.
 */
export function powerLines({ rows }: Pick<RunReport, 'rows'>): string[] {
  return rows.flatMap((row) => {
    const cells = row.cells.flatMap(cellText);
    const sweep = sweepText(row);
    const parts = sweep === undefined ? cells : [...cells, sweep];
    return parts.length === 0 ? [] : [`${row.variant}: ${parts.join('. ')}`];
  });
}

/** What the lines mean; nothing when there is none. */
export function powerLegend({ rows }: Pick<RunReport, 'rows'>): string[] {
  const lines = powerLines({ rows });
  if (lines.length === 0) return [];
  const notKnown = `${unknown}: not known, as it depends on how long new connections go on to come, and no trial shows that.`;
  const unseen = `${none}: no window of any length, as too few new connections, or none, come between SIGTERM and the Service leaving the pod out.`;
  return [
    `Under '${powerTitle}', k of n: terminations that lost something; then the shortest time after SIGTERM in which a pod may lose whatever reaches it, in each termination, so that this load or this sweep sees a loss with 95 % confidence.`,
    ...(lines.some((line) => line.includes(none)) ? [unseen] : []),
    ...(lines.some((line) => line.includes(unknown)) ? [notKnown] : []),
  ];
}

/** `naive: fresh 10 of 10, 18 ms; persistent 7 of 10, 20 ms`; nothing for a cell that was not measured. */
function cellText({ scenario, columns: found }: CellReport): string[] {
  if (found === null) return [];
  const parts = columns.flatMap((name) => columnText(name, found[name]));
  return parts.length === 0 ? [] : [`${scenario}: ${parts.join('; ')}`];
}

function columnText(name: string, column: ColumnReport): string[] {
  const { verdict, terminations, smallestWindowMs, smallestWindowUnknown } = column;
  if (verdict === 'n/a' || verdict === 'invalid' || terminations === 0) return [];
  const window = smallestWindowUnknown ? unknown : windowText(smallestWindowMs);
  return [`${name} ${hitsText(column)}, ${window}`];
}

/** Nothing without a valid sweep. */
function sweepText({ probe }: RowReport): string | undefined {
  const sweep = probe?.sweep ?? null;
  if (sweep === null || sweep.terminations === 0) return undefined;
  return `sweep: ${windowText(sweep.smallestWindowMs)}`;
}

function windowText(windowMs: number | null): string {
  return windowMs === null ? none : milliseconds(windowMs);
}
