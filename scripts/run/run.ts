import { join } from 'node:path';
import type { Plan, Trial } from '../catalogue/model.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { TrialFindings } from '../analysis/findings.ts';
import type { RunInfo } from '../report/run-info.ts';
import { monotonicMs } from '../support/clock.ts';
import { writeJson } from '../support/write-whole.ts';
import type { Artefacts } from './artefacts.ts';
import type { FittedOutcome } from './fitted-trial.ts';
import { runSteadyTrial } from './steady-trial.ts';
import { trialFolder } from './stored-run.ts';

export interface RunRequest {
  plan: Plan;
  info: RunInfo;
  /** `results/runs/<id>` */
  folder: string;
  artefacts: Artefacts;
  cluster: Cluster;
  /** The program of k6, or its image. */
  k6: string;
  signal: AbortSignal;
  progress: RunProgress;
}

/** Hears of everything that happens while the trials run. */
export interface RunProgress {
  step(trial: Trial, number: number, step: string): void;
  /** After a trial; `rowComplete` when it was the last planned one of its variant. */
  trialDone(trial: Trial, result: TrialFindings | string, rowComplete: boolean): void;
}

/**
 * Runs the trials of the plan, which may be those that are missing of an earlier run, one after the other and
 * writes `run.json` after each. A variant that cannot be built, deployed or measured costs its own trials
 * only. Ends early when interrupted; what was measured is kept.
 */
export async function runTrials(request: RunRequest): Promise<TrialFindings[]> {
  const { plan, info, folder, signal, progress } = request;
  const startedMs = monotonicMs();
  const earlierMs = info.durations.trialsMs ?? 0;
  const findings: TrialFindings[] = [];
  const failed = new Map<string, string>();
  const save = () => {
    info.interrupted = signal.aborted;
    info.durations.trialsMs = Math.round(earlierMs + monotonicMs() - startedMs);
    writeJson(join(folder, 'run.json'), info);
  };
  for (const [index, trial] of plan.trials.entries()) {
    if (signal.aborted) break;
    const { id } = trial.variant;
    const rowComplete = !plan.trials.slice(index + 1).some((later) => later.variant.id === id);
    const earlierFailure = failed.get(id);
    const outcome =
      earlierFailure === undefined
        ? await runOne(request, { trial, number: index + 1, save })
        : { failed: earlierFailure };
    if ('interrupted' in outcome) break;
    if ('failed' in outcome) failed.set(id, outcome.failed);
    const result = resultOf(outcome);
    if (typeof result === 'string') addRowFailure(info, { variant: id, reason: result });
    else findings.push(result);
    save();
    progress.trialDone(trial, result, rowComplete);
  }
  save();
  return findings;
}

type Outcome = Exclude<FittedOutcome, { interrupted: true }>;

function resultOf(outcome: Outcome): TrialFindings | string {
  if ('findings' in outcome) return outcome.findings;
  return 'failed' in outcome ? outcome.failed : outcome.tooSlow;
}

/** Once for each reason: several trials of a variant may fail for the same one. */
function addRowFailure({ rowFailures }: RunInfo, failure: RunInfo['rowFailures'][number]): void {
  const { variant, reason } = failure;
  if (rowFailures.some((known) => known.variant === variant && known.reason === reason)) return;
  rowFailures.push(failure);
}

async function runOne(
  { info, folder, artefacts, cluster, k6, signal, progress }: RunRequest,
  { trial, number, save }: { trial: Trial; number: number; save: () => void },
): Promise<FittedOutcome> {
  const artefact = artefacts.get(trial.variant.id) ?? 'not built';
  if (typeof artefact === 'string') return { failed: artefact };
  return await runSteadyTrial(
    {
      trial,
      trigger: info.options.trigger ?? 'rolling-restart',
      cluster,
      artefact,
      k6,
      folder: trialFolder(folder, trial.id),
      signal,
      onStep: (step) => progress.step(trial, number, step),
    },
    { info, save },
  );
}
