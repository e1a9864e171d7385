import { join } from 'node:path';
import type { BuildOutcome } from '../build/all.ts';
import type { Plan, Trial } from '../catalogue/model.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { TrialFindings } from '../analysis/findings.ts';
import { planLoad } from '../load/plan.ts';
import type { RunInfo } from '../report/run-info.ts';
import { monotonicMs } from '../support/clock.ts';
import { writeJson } from '../support/write-whole.ts';
import { runTrial } from './trial.ts';

export interface RunRequest {
  plan: Plan;
  info: RunInfo;
  /** `results/runs/<id>` */
  folder: string;
  builds: Map<string, BuildOutcome>;
  cluster: Cluster;
  k6: string;
  ratePerSecond: number;
  signal: AbortSignal;
  progress: RunProgress;
}

/** Hears of everything that happens while the trials run. */
export interface RunProgress {
  step(trial: Trial, number: number, step: string): void;
  /** After a trial; `rowComplete` when it was the last planned one of its variant. */
  trialDone(trial: Trial, result: TrialFindings | string, rowComplete: boolean): void;
}

/** The variant's artefact, or a sentence that says why there is none. */
function artefactOf(trial: Trial, builds: Map<string, BuildOutcome>): { folder: string } | string {
  const outcome = builds.get(trial.variant.framework);
  if (outcome === undefined) return 'not built';
  if ('artefact' in outcome) return { folder: outcome.artefact.folder };
  return 'skipped' in outcome ? `skipped: ${outcome.skipped}` : `build failed: ${outcome.failed}`;
}

/** Folder of a trial below the run's. */
function trialFolder(runFolder: string, trial: Trial): string {
  return join(runFolder, ...trial.id.split('/'));
}

/**
 * Runs the trials of the plan one after the other and writes `run.json` after each. A variant that cannot be
 * built or deployed costs its own trials only. Ends early when interrupted; what was measured is kept.
 */
export async function runTrials(request: RunRequest): Promise<TrialFindings[]> {
  const { plan, info, folder, signal, progress } = request;
  const startedMs = monotonicMs();
  const findings: TrialFindings[] = [];
  const failed = new Map<string, string>();
  for (const [index, trial] of plan.trials.entries()) {
    if (signal.aborted) break;
    const rowComplete = !plan.trials.slice(index + 1).some((later) => later.variant.id === trial.variant.id);
    const result = failed.get(trial.variant.id) ?? (await runOne(request, trial, index + 1));
    if (typeof result !== 'string') {
      findings.push(result);
    } else if (!failed.has(trial.variant.id)) {
      failed.set(trial.variant.id, result);
      info.rowFailures.push({ variant: trial.variant.id, reason: result });
    }
    info.interrupted = signal.aborted;
    info.durations.trialsMs = Math.round(monotonicMs() - startedMs);
    writeJson(join(folder, 'run.json'), info);
    progress.trialDone(trial, result, rowComplete);
  }
  return findings;
}

async function runOne(request: RunRequest, trial: Trial, number: number): Promise<TrialFindings | string> {
  const artefact = artefactOf(trial, request.builds);
  if (typeof artefact === 'string') return artefact;
  const outcome = await runTrial({
    trial,
    cluster: request.cluster,
    artefact: artefact.folder,
    loadPlan: planLoad(request.ratePerSecond, trial.scenario.requestDelaySeconds),
    k6: request.k6,
    folder: trialFolder(request.folder, trial),
    signal: request.signal,
    onStep: (step) => request.progress.step(trial, number, step),
  });
  return 'findings' in outcome ? outcome.findings : outcome.deployFailed;
}
