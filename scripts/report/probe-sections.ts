import { columns } from '../analysis/judge.ts';
import { milliseconds } from './figures.ts';
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
    const found =
      smallestWindowMs === null ? '' : `: ${milliseconds(smallestWindowMs)} would have been found with 95 %`;
    return `the sweep lost none of ${sent} requests${found}`;
  }
  const lost = Object.values(sweep.byOutcome).reduce((sum, count) => sum + count, 0);
  const range = `${milliseconds(window.lowerMs)} to ${milliseconds(window.upperMs)}`;
  return `the sweep lost ${lost} of ${sent} requests: a window of ${milliseconds(window.estimateMs)} (${range})`;
}

/** Where what the load saw cannot come from a server as the probe saw it. */
export function contradictionLines({ rows, run }: RunReport): string[] {
  if (!hasProbes({ rows })) return [];
  const lines = rows.flatMap(({ variant, cells }) =>
    cells.flatMap(({ scenario, columns: found }) =>
      columns.flatMap((column) => {
        const contradiction = found?.[column].contradiction ?? null;
        return contradiction === null ? [] : [`${variant}, ${scenario}, ${column}: ${contradiction}`];
      }),
    ),
  );
  if (lines.length > 0) return lines;
  const predictions = rows.flatMap(({ cells }) =>
    cells.flatMap(({ columns: found }) => columns.flatMap((column) => found?.[column].predicted ?? [])),
  );
  if (predictions.length === 0) return ['nothing to compare: no probe says what the load should have lost'];
  return [`none: all cells of run ${run.id} are as the probes predict, or prove nothing`];
}

/** True when any row was probed: without, no form of the report has a word on it. */
export function hasProbes({ rows }: Pick<RunReport, 'rows'>): boolean {
  return rows.some(({ probe }) => probe !== null);
}

/** What the words of the probe mean; nothing when there was none. */
export function probeLegend(report: Pick<RunReport, 'rows'>): string[] {
  if (!hasProbes(report)) return [];
  return [
    'strategy: what a probe with raw connections saw after SIGTERM, quiet and with requests in flight (busy); scripts/analysis/probe/README.md defines each.',
    'in flight: what became of those requests. new connections: what one gets that comes after SIGTERM, in order of time. drain bound: what the process waits for before it ends, and how long that took.',
  ];
}

/** The name of a strategy, for the table. */
export function strategyText({ probe }: RowReport): string {
  return probe === null || probe.failure !== null ? 'not probed' : probe.strategy;
}

/** Names of the columns of `probeCells`. */
export const probeColumns = ['In flight', 'New connections', 'Drain bound'] as const;

/** What a probe saw beside the strategy, for a table of its own; undefined for a row that was not probed. */
export function probeCells({ probe }: RowReport): string[] | undefined {
  if (probe === null || probe.failure !== null) return undefined;
  return [probe.inFlight, probe.late, probe.drainBound];
}
