import type { ControlCheck } from '../analysis/control-check.ts';
import type { RunVerdict } from '../analysis/controls.ts';
import type { Phase, TrialFindings } from '../analysis/findings.ts';
import type { Column, Judgement } from '../analysis/judge.ts';
import type { Predicted } from '../analysis/prediction.ts';
import type { ProbeFindings } from '../analysis/probe/model.ts';
import type { SweepFindings } from '../analysis/probe/sweep.ts';
import type { PropagationDelay } from '../analysis/propagation.ts';
import type { DifferingCell } from '../analysis/repetitions.ts';
import type { RowInfo, RunInfo } from './run-info.ts';

export const reportSchema = 1;

/** All that any form of the report shows, derived from `run.json` and the findings. */
export interface RunReport {
  schema: number;
  run: RunInfo;
  /** What the controls say of the whole run. */
  verdict: RunVerdict;
  /** The measured variants, controls left out, in the order of the catalogue. */
  rows: RowReport[];
  controls: ControlCheck[];
  trials: TrialSummary[];
  /** Measured; missing where the cluster has a set one. */
  propagationDelay?: PropagationDelay;
  /** Cells whose repetitions lost in different ways. */
  differing: DifferingCell[];
  /** What the reader should know beside the figures. */
  remarks: string[];
}

/** One variant: a row of the table. */
export interface RowReport extends Omit<RowInfo, 'control'> {
  /** Why it was not measured, in one line; null when it was. */
  failure: string | null;
  cells: CellReport[];
  /** SIGTERM to exit, over the terminations of all valid trials; null when none was seen. */
  drainMs: { shortest: number; longest: number } | null;
  /** How pods ended, most frequent first: `0`, `143`, `SIGTERM`, `killed` (by the lab, grace was over). */
  exits: string[];
  /** Null when it was not probed. */
  probe: ProbeSummary | null;
}

/** What the probe of a variant says, without the records of single connections. */
export interface ProbeSummary extends Pick<
  ProbeFindings,
  'strategy' | 'parts' | 'inFlight' | 'late' | 'invalid'
> {
  /** What bounds the drain, in words. */
  drainBound: string;
  sweep: Pick<SweepFindings, 'window' | 'smallestWindowMs' | 'terminations' | 'sent' | 'byOutcome'> | null;
  /** Why it could not be probed. */
  failure: string | null;
}

/** One variant in one scenario. */
export interface CellReport {
  scenario: string;
  /** Null when no trial of it has run. */
  columns: Record<Column, ColumnReport> | null;
  /** Requests of persistent GET that were sent twice without telling; at least, where connections were not watched. */
  hiddenResends: number;
  /** Codes of the doubts that its valid trials are under, e.g. `schedule-lag`; the report's trials say more. */
  flags: string[];
}

export interface ColumnReport extends Judgement {
  /** What the probe lets expect; null where it says nothing. */
  predicted: Predicted | null;
  /** Why that cannot be, with what the load saw; null when both agree. */
  contradiction: string | null;
  /** The shortest loss window, in each termination, that the load would have seen with 95 %; null where none, however long. */
  smallestWindowMs: number | null;
  /** Nobody knows it, because the propagation delay was not measured. Missing else. */
  smallestWindowUnknown?: true;
  /** Of the pod that was to answer, when the request reached it. */
  byPhase: Partial<Record<Phase, number>>;
  /** Requests/s of its trials, all different ones, when not all ran at the rate of the run; else empty. */
  otherRates: number[];
}

/** Of one trial: whether it counts, and what it cost. */
export interface TrialSummary extends Pick<TrialFindings, 'invalid' | 'flags' | 'load' | 'time' | 'usage'> {
  id: string;
  kind: TrialFindings['trial']['kind'];
}
