import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TrialFindings } from '../analysis/findings.ts';
import { planLoad, planPretest, slowServerSlackSeconds } from '../load/plan.ts';
import type { RunInfo } from '../report/run-info.ts';
import { notWritable } from '../support/write-whole.ts';
import { runPretest } from './pretest.ts';
import { isControl, keepRate, keptRate, tooSlowText } from './rates.ts';
import { runTrial } from './trial.ts';
import type { TrialRequest } from './trial-request.ts';

/** What came of a trial with load that fits its server. */
export type FittedOutcome =
  | { findings: TrialFindings }
  /** The variant cannot be deployed, or its pre-test failed. */
  | { failed: string }
  /** Nothing with this request delay can be measured; other scenarios may be. */
  | { tooSlow: string }
  /** Before anything was measured. */
  | { interrupted: true };

/** The run that the trial belongs to: its description, and how that is written. */
export interface Run {
  info: RunInfo;
  save: () => void;
}

/**
 * Runs a trial at the rate of the run. When its server does not carry that without a restart, what was
 * recorded is put aside, a pre-test finds the rate that it carries, and the trial is run at a rate chosen by
 * that. The choice is kept in `info.rates` for all trials of the variant with this request delay, and
 * judged as it comes: a trial at a chosen rate is not put to the question again, nor is a control.
 */
export async function runFittedTrial(
  request: Omit<TrialRequest, 'loadPlan'>,
  { info, save }: Run,
): Promise<FittedOutcome> {
  const { trial, cluster, folder, signal } = request;
  const { connectMayHang } = cluster;
  const { ratePerSecond } = info.options;
  const delaySeconds = trial.scenario.requestDelaySeconds;
  let kept = keptRate(info, trial);
  if (kept === undefined) {
    const loadPlan = planLoad(ratePerSecond, delaySeconds, { connectMayHang });
    const outcome = await runTrial({ ...request, loadPlan }, { mustCarry: !isControl(info, trial) });
    if ('findings' in outcome) return outcome;
    if ('deployFailed' in outcome) return { failed: outcome.deployFailed };
    putTrialAside(folder, 'overloaded');
    const pretest = await runPretest({
      ...request,
      loadPlan: planPretest(ratePerSecond, delaySeconds),
      folder: join(dirname(folder), 'pretest'),
    });
    if (signal.aborted) return { interrupted: true };
    if ('failed' in pretest) return pretest;
    kept = keepRate(info, trial, pretest.carriedPerSecond);
    save();
  }
  const tooSlow = tooSlowText(kept);
  if (tooSlow !== undefined) return { tooSlow };
  const loadPlan = planLoad(kept.ratePerSecond, delaySeconds, {
    slackSeconds: slowServerSlackSeconds,
    connectMayHang,
  });
  const outcome = await runTrial({ ...request, loadPlan }, { mustCarry: false });
  if ('findings' in outcome) return outcome;
  return { failed: 'deployFailed' in outcome ? outcome.deployFailed : outcome.overloaded };
}

/** Renames the folder of a trial, e.g. to `1.overloaded`, or `1.overloaded-2` where there is one. */
export function putTrialAside(folder: string, reason: 'overloaded' | 'dropped'): void {
  let target = `${folder}.${reason}`;
  for (let number = 2; existsSync(target); number += 1) target = `${folder}.${reason}-${number}`;
  try {
    renameSync(folder, target);
  } catch (error) {
    throw notWritable(target, error);
  }
}
