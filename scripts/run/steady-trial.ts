import type { TrialFindings } from '../analysis/findings.ts';
import { putTrialAside, runFittedTrial, type FittedOutcome, type Run } from './fitted-trial.ts';
import type { TrialRequest } from './trial-request.ts';

/** More would hide that a machine, or a server, cannot do it. */
const timesAgain = 1;

/**
 * Runs a trial, and once more when k6 could not send all it had to: a shared machine stands still for seconds now and
 * then. What was recorded first is put aside and told in `info.measuredAgain`. Only that fault of the instrument
 * counts, never what was lost, so the choice favours no result; a trial that has it twice stays invalid.
 */
export async function runSteadyTrial(
  request: Omit<TrialRequest, 'loadPlan'>,
  run: Run,
): Promise<FittedOutcome> {
  const { trial, folder, signal } = request;
  for (let again = 0; ; again += 1) {
    const outcome = await runFittedTrial(request, run);
    const reason = 'findings' in outcome ? stallOf(outcome.findings) : undefined;
    if (reason === undefined || again === timesAgain || signal.aborted) return outcome;
    putTrialAside(folder, 'dropped');
    run.info.measuredAgain = [...(run.info.measuredAgain ?? []), { trial: trial.id, reason }];
    run.save();
  }
}

/** Undefined when the trial is valid, or has another fault too. */
export function stallOf({ invalid }: Pick<TrialFindings, 'invalid'>): string | undefined {
  const [first] = invalid;
  return invalid.every(({ code }) => code === 'dropped') ? first?.text : undefined;
}
