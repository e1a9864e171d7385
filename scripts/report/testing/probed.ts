import type { SweepFindings } from '../../analysis/probe/sweep.ts';
import type { ProbedVariant } from '../../analysis/probed.ts';
import type { RowReport, RunReport } from '../model.ts';
import { findings } from '../probe/testing/findings.ts';

/** A sweep that lost 14 of 400 requests, changed as told. */
export function sweep(changes: Partial<SweepFindings> = {}): SweepFindings {
  return {
    variant: 'toy/bare',
    terminations: 1,
    sent: 400,
    closedBefore: 0,
    notReached: 0,
    spanMs: 40,
    sendErrorP99Ms: 0.4,
    losses: [],
    byOutcome: { 'lost by FIN': 10, 'lost by RST': 4 },
    window: { estimateMs: 1.4, lowerMs: 0.77, upperMs: 2.33 },
    singleMs: [],
    smallestWindowMs: 0.3,
    longestGapMs: 0.6,
    invalid: [],
    ...changes,
  };
}

/** `sweep` of a server that lost nothing. */
export function cleanSweep(changes: Partial<SweepFindings> = {}): SweepFindings {
  return sweep({ byOutcome: {}, window: null, ...changes });
}

/** What probe and sweep say of a variant, changed as told. */
export function probed(changes: Partial<ProbedVariant> = {}): ProbedVariant {
  return { variant: 'toy/bare', probe: findings(), sweep: cleanSweep(), failure: null, ...changes };
}

/** The row of a variant that must be there. */
export function rowOf({ rows }: Pick<RunReport, 'rows'>, variant: string): RowReport {
  const row = rows.find((candidate) => candidate.variant === variant);
  if (row === undefined) throw new Error(`no row ${variant}`);
  return row;
}
