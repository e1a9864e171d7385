import { columns } from '../analysis/judge.ts';
import type { ProbeSummary, RowReport, RunReport } from './model.ts';

const shownEvidence = 3;

/** One line for each variant that was probed: its strategy, what proves it, and how small a window the sweep would find. */
export function strategyLines({ rows }: RunReport): string[] {
  return rows.flatMap(({ variant, probe }) => {
    if (probe === null) return [];
    if (probe.failure !== null) return [`${variant}: not probed: ${probe.failure}`];
    const parts = probe.parts.map(({ label, condition, evidence }) => {
      const shown = evidence.slice(0, shownEvidence).join(', ');
      const more = evidence.length > shownEvidence ? ` and ${evidence.length - shownEvidence} more` : '';
      return `${label} (${condition}): ${shown}${more}`;
    });
    return [
      `${variant}: ${probe.strategy}; ${sweepText(probe.sweep)}`,
      ...parts.map((part) => `${variant}: ${part}`),
      ...probe.invalid.map((reason) => `${variant}: ${reason}`),
    ];
  });
}

/** `the sweep lost 14 of 400 requests: a window of 1.4 ms (0.8 to 2.3 ms)`. */
function sweepText(sweep: ProbeSummary['sweep']): string {
  if (sweep === null) return 'no sweep';
  if (sweep.terminations === 0) return 'no valid sweep';
  const { window, smallestWindowMs, sent } = sweep;
  if (window === null) {
    return `the sweep lost none of ${sent} requests: a window of ${milliseconds(smallestWindowMs)} would have been found with 95 %`;
  }
  const lost = Object.values(sweep.byOutcome).reduce((sum, count) => sum + count, 0);
  const range = `${window.lowerMs.toFixed(1)} to ${milliseconds(window.upperMs)}`;
  return `the sweep lost ${lost} of ${sent} requests: a window of ${milliseconds(window.estimateMs)} (${range})`;
}

function milliseconds(ms: number | null): string {
  return ms === null ? '–' : `${ms.toFixed(1)} ms`;
}

/** Where what the load saw cannot come from a server as the probe saw it. */
export function contradictionLines({ rows, run }: RunReport): string[] {
  if (!rows.some(({ probe }) => probe !== null)) return [];
  const lines = rows.flatMap(({ variant, cells }) =>
    cells.flatMap(({ scenario, columns: found }) =>
      columns.flatMap((column) => {
        const contradiction = found?.[column].contradiction ?? null;
        return contradiction === null ? [] : [`${variant}, ${scenario}, ${column}: ${contradiction}`];
      }),
    ),
  );
  if (lines.length > 0) return lines;
  return [`none: all cells of run ${run.id} are as the probes predict, or prove nothing`];
}

/** Names of the columns that the probe adds to the table. */
export const probeColumns = ['Strategy', 'In flight', 'New connections', 'Drain bound'] as const;

/** True when any row was probed: without, the table has no such columns. */
export function hasProbes(rows: readonly RowReport[]): boolean {
  return rows.some(({ probe }) => probe !== null);
}

/** The cells of these columns. */
export function probeCells({ probe }: RowReport): string[] {
  if (probe === null || probe.failure !== null) return ['not probed', '', '', ''];
  return [probe.strategy, probe.inFlight, probe.late, probe.drainBound];
}
