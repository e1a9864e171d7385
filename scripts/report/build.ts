import { checkControls, runVerdict } from '../analysis/controls.ts';
import type { Termination, TrialFindings } from '../analysis/findings.ts';
import { contradictionOf, predict } from '../analysis/prediction.ts';
import { isWindowUnknown, smallestWindowSeenMs } from '../analysis/power.ts';
import type { ProbeFindings } from '../analysis/probe/model.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import { propagationDelayOf, withPropagationDelay } from '../analysis/propagation.ts';
import { judge, lossesOf, type Column, type Judgement } from '../analysis/judge.ts';
import { differingCells } from '../analysis/repetitions.ts';
import { tally } from '../analysis/tally.ts';
import { requestDelayText } from './figures.ts';
import type { CellReport, ColumnReport, ProbeSummary, RowReport, RunReport, TrialSummary } from './model.ts';
import { reportSchema } from './model.ts';
import type { RateInfo, RowInfo, RunInfo } from './run-info.ts';

/** Derives the report from what is known of the run and the findings of its trials, in any order. */
export function buildReport(
  run: RunInfo,
  findings: readonly TrialFindings[],
  { probed = [], remarks = [] }: { probed?: readonly ProbedVariant[]; remarks?: readonly string[] } = {},
): RunReport {
  const planned = run.trials.map((id) => findings.find(({ trial }) => trial.id === id));
  const known = planned.filter((trial) => trial !== undefined);
  const propagationDelay = propagationDelayOf(known);
  const inOrder = withPropagationDelay(known, propagationDelay);
  const controls = checkControls(inOrder, {
    scenarios: run.scenarios.map(({ id }) => id),
    controls: run.options.controls,
    failures: run.rowFailures,
    probed,
    probes: run.probes ?? [],
  });
  return {
    schema: reportSchema,
    run,
    verdict: runVerdict(controls),
    rows: run.rows
      .filter(({ control }) => !control)
      .map((row) => buildRow(run, row, { findings: inOrder, probed })),
    controls,
    trials: inOrder.map(summarise),
    ...(propagationDelay && { propagationDelay }),
    differing: differingCells(inOrder),
    remarks: [...runRemarks(run, inOrder.length), ...remarks],
  };
}

/** One row, from the findings of any trials: also used for a row whose last trial has just ended. */
export function buildRow(
  run: RunInfo,
  row: RowInfo,
  { findings, probed }: { findings: readonly TrialFindings[]; probed: readonly ProbedVariant[] },
): RowReport {
  const probe = probed.find((candidate) => candidate.variant === row.variant);
  const own = withPropagationDelay(findings, propagationDelayOf(findings)).filter(
    ({ trial }) => trial.variant === row.variant && trial.kind === 'restart',
  );
  const terminations = own
    .filter(({ invalid }) => invalid.length === 0)
    .flatMap((trial) => trial.terminations);
  const drains = terminations.map(({ drainMs }) => drainMs).filter((drainMs) => drainMs !== null);
  const { variant, framework, server, version, setting, homepage, scenarios } = row;
  return {
    ...{ variant, framework, server, version, setting, homepage, scenarios },
    failure: run.rowFailures.find((failure) => failure.variant === variant)?.reason ?? null,
    cells: run.scenarios.map(({ id }) =>
      buildCell({ scenario: id, runRate: run.options.ratePerSecond, probe: probe?.probe ?? null }, own),
    ),
    drainMs: drains.length === 0 ? null : { shortest: Math.min(...drains), longest: Math.max(...drains) },
    exits: Object.entries(tally(terminations, exitText))
      .sort(([, a = 0], [, b = 0]) => b - a)
      .map(([exit]) => exit),
    probe: probe === undefined ? null : summariseProbe(probe),
  };
}

function buildCell(
  { scenario, runRate, probe }: { scenario: string; runRate: number; probe: ProbeFindings | null },
  findings: readonly TrialFindings[],
): CellReport {
  const own = findings.filter(({ trial }) => trial.scenario === scenario);
  if (own.length === 0) return { scenario, columns: null, hiddenResends: 0, flags: [] };
  const { fresh, persistent } = judge(own);
  const valid = own.filter(({ invalid }) => invalid.length === 0);
  const otherRates = otherRatesOf(valid.length === 0 ? own : valid, runRate);
  const [first] = valid;
  const predictions = probe === null || first === undefined ? {} : predict(probe, first.conditions);
  const detail = (judgement: Judgement, column: Column): ColumnReport => {
    const predicted = predictions[column] ?? null;
    return {
      ...judgement,
      byPhase: phasesOf(valid, column),
      otherRates,
      predicted,
      contradiction: predicted === null ? null : contradictionOf(predicted, judgement),
      smallestWindowMs: smallestWindowSeenMs(valid, column),
      ...(isWindowUnknown(valid, column) && { smallestWindowUnknown: true }),
    };
  };
  return {
    scenario,
    columns: {
      fresh: detail(fresh, 'fresh'),
      persistent: detail(persistent, 'persistent'),
    },
    hiddenResends: valid.reduce(
      (sum, { populations }) => sum + populations['persistent-get'].hiddenResends,
      0,
    ),
    flags: [...new Set(valid.flatMap(({ flags }) => flags.map(({ code }) => code)))],
  };
}

function summariseProbe({ probe, sweep, failure }: ProbedVariant): ProbeSummary {
  return {
    strategy: probe?.strategy ?? 'not probed',
    parts: probe?.parts ?? [],
    inFlight: probe?.inFlight ?? '',
    late: probe?.late ?? '',
    drainBound: probe?.drainBound.text ?? '',
    invalid: [...(probe?.invalid ?? []), ...(sweep?.invalid ?? [])],
    sweep,
    failure,
  };
}

/** Nothing to say where all ran at the rate of the run; a mixture is told whole. */
function otherRatesOf(findings: readonly TrialFindings[], runRate: number): number[] {
  const rates = [...new Set(findings.map(({ load }) => load.ratePerSecond))].sort((a, b) => a - b);
  return rates.some((rate) => rate !== runRate) ? rates : [];
}

function phasesOf(valid: readonly TrialFindings[], column: Column): ColumnReport['byPhase'] {
  const losses = valid.flatMap((trial) => lossesOf(trial, column));
  return tally(losses, ({ sentPhase }) => sentPhase);
}

function exitText({ killedAfterGrace, exitCode, signal }: Termination): string {
  if (killedAfterGrace) return 'killed';
  return signal ?? (exitCode === null ? '?' : String(exitCode));
}

function summarise({ trial, invalid, flags, load, time, usage }: TrialFindings): TrialSummary {
  return { id: trial.id, kind: trial.kind, invalid, flags, load, time, usage };
}

function runRemarks(run: RunInfo, done: number): string[] {
  const remarks: string[] = [];
  if (run.interrupted) remarks.push('The run was interrupted: what was finished before is reported.');
  else if (run.finished === null) remarks.push('The run did not finish: what was stored is reported.');
  const missing = run.trials.length - done;
  // Of one that is too slow to be measured, the failure of its row tells.
  const rates = (run.rates ?? []).filter(({ ratePerSecond }) => ratePerSecond > 0);
  remarks.push(...rates.map((rate) => rateRemark(run, rate)));
  remarks.push(
    ...(run.measuredAgain ?? []).map(({ trial, reason }) => `${trial}: measured again, as ${reason}`),
  );
  if (missing > 0) remarks.push(`${missing} of ${run.trials.length} planned trials have no findings.`);
  return remarks;
}

function rateRemark({ options }: RunInfo, rate: RateInfo): string {
  const { variant, requestDelayMs, carriedPerSecond, ratePerSecond } = rate;
  const tested = `${variant}${requestDelayText(requestDelayMs)}: a pre-test of 3 s carried ${carriedPerSecond} of ${options.ratePerSecond} requests/s`;
  const although = ratePerSecond === options.ratePerSecond ? ', although requests piled up in a warm-up' : '';
  return `${tested}; its trials send ${ratePerSecond}/s${although}.`;
}
