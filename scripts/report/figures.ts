import type { ControlCheck } from '../analysis/control-check.ts';
import type { Bound } from '../analysis/statistics.ts';
import { kindsOfLoss } from './loss-kinds.ts';
import type { ColumnReport, RowReport, RunReport } from './model.ts';

/** `45 %`, two significant digits. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 99.5 ? String(Math.round(value)) : value.toPrecision(2)} %`;
}

/** `≤45 %` or `48 %–100 %`. */
export function boundText(bound: Bound): string {
  return bound.kind === 'upper'
    ? `≤${percent(bound.upper)}`
    : `${percent(bound.lower)} to ${percent(bound.upper)}`;
}

/** `3 of 5`; `at least 3 of 5` where losses may belong to several terminations. */
export function hitsText(
  column: Pick<ColumnReport, 'terminations' | 'terminationsWithLoss' | 'terminationsWithLossAtMost'>,
): string {
  const { terminations, terminationsWithLoss, terminationsWithLossAtMost } = column;
  const atLeast = terminationsWithLossAtMost === undefined ? '' : 'at least ';
  return `${atLeast}${terminationsWithLoss} of ${terminations}`;
}

/** `0.21 s`; from 10 s on without the second decimal. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** `0.66 ms`, `4.4 ms`, `36 ms`, `120 ms`: two significant digits. */
export function milliseconds(ms: number): string {
  return `${ms >= 99.5 ? ms.toFixed(0) : ms.toPrecision(2)} ms`;
}

/** `4.10–4.32 s`, or one figure where both are the same. */
export function drainText(drain: RowReport['drainMs']): string {
  if (drain === null) return '–';
  const [shortest, longest] = [seconds(drain.shortest), seconds(drain.longest)];
  return shortest === longest ? longest : `${shortest.slice(0, -2)}–${longest}`;
}

/** `0`, or `143, killed`. */
export function exitsText(exits: readonly string[]): string {
  return exits.length === 0 ? '–' : exits.join(', ');
}

/**
 * A cell of the table: `12/3021 refused`, `12/9063 refused, sometimes reset`, `0/2950 (≤45 %)`, `n/a`, `invalid`;
 * `0/81 (≤45 %) at 10/s` when not all of its trials ran at the rate of the run.
 */
export function lossText(column: ColumnReport | undefined): string {
  return lossParts(column).join(', ');
}

/** The same in parts that may stand below each other where there is no room. */
export function lossParts(column: ColumnReport | undefined): string[] {
  if (column === undefined) return ['–'];
  const rates = column.otherRates.map((rate) => `${rate}/s`).join(' and ');
  const [first = '', ...more] = verdictParts(column);
  return [rates === '' ? first : `${first} at ${rates}`, ...more];
}

function verdictParts(column: ColumnReport): string[] {
  const { verdict, lost, of, bound, repetitions } = column;
  const [kinds = '', ...more] = kindsOfLoss(column);
  switch (verdict) {
    case 'invalid':
    case 'n/a':
      return [verdict];
    case 'no loss seen':
      return [`0/${of} (${bound === null ? 'no termination' : boundText(bound)})`];
    case 'loses':
      return [`${lost}/${of} ${kinds}`, ...more];
    case 'loses sometimes':
      return [`${lost}/${of} ${kinds} ${repetitions.withLoss} in ${repetitions.valid}`];
  }
}

/** What a rate in a cell means, in one sentence; undefined when every trial ran at the rate of the run. */
export function otherRatesText({ rows, run }: Pick<RunReport, 'rows' | 'run'>): string | undefined {
  const cells = rows.flatMap((row) => row.cells);
  if (!cells.some(({ columns }) => columns !== null && columns.fresh.otherRates.length > 0)) return undefined;
  return `at n/s: the server does not carry ${run.options.ratePerSecond} requests/s even without a restart. It got n/s, at most half of what a pre-test of 3 s carried. Fewer requests see less: a 0 there says less than a 0 at ${run.options.ratePerSecond}/s.`;
}

/** Pod terminations behind the figures of each scenario: `5`, or `5, 10` where they differ. */
export function terminationsText(row: RowReport): string {
  const counts = row.cells.flatMap(({ columns }) => (columns === null ? [] : [columns.fresh.terminations]));
  if (counts.length === 0) return '–';
  return [...new Set(counts)].length === 1 ? String(counts[0]) : counts.join(', ');
}

/** `passed`, `FAILED` or `not run`. */
export function controlMark(check: ControlCheck): string {
  if (check.passed === null) return 'not run';
  return check.passed ? 'passed' : 'FAILED';
}

/** `below 0.0001 %`, `0`, the figure, or `not known`. */
export function falseAlarmText(rate: number | null): string {
  if (rate === null) return 'not known';
  if (rate === 0) return '0';
  return rate < 1e-6 ? 'below 0.0001 %' : percent(rate);
}

/** How to run one row again, alone, on the same kind of cluster. */
export function reproduceCommand(variant: string, scenario: string, cluster: string): string {
  return `npm run lab -- --only ${variant} --scenario ${scenario} --cluster ${cluster}`;
}

/** Why a row has no figures at all, in one line; null when anything of it was measured. */
export function failureText({ failure, cells }: RowReport): string | null {
  if (failure === null || cells.some(({ columns }) => columns !== null)) return null;
  return failure.split('\n')[0] ?? '';
}

/** ` with requests of 0.2 s`, to be put behind the name of a variant; '' without a delay. */
export function requestDelayText(requestDelayMs: number): string {
  return requestDelayMs === 0 ? '' : ` with requests of ${requestDelayMs / 1000} s`;
}
