import type { TrialFindings } from '../analysis/findings.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import type { Plan } from '../catalogue/model.ts';
import { estimateTrial, type TrialHistory } from '../catalogue/estimate.ts';
import { buildRow } from '../report/build.ts';
import { progressOn } from '../report/progress.ts';
import type { RunInfo } from '../report/run-info.ts';
import { renderHeader, renderRow, type TerminalTable } from '../report/terminal.ts';
import type { RunProgress } from './run.ts';

export interface ProgressRequest {
  /** The trials that are run now. */
  rest: Plan;
  /** Findings of trials that were run before. */
  kept: TrialFindings[];
  probed: ProbedVariant[];
  info: RunInfo;
  history: TrialHistory;
  /** False when standard output is for JSON. */
  table: boolean;
}

/** One line for the trial: what was seen in it, or why it does not count. */
function resultText(result: TrialFindings): string {
  const [reason] = result.invalid;
  if (reason) return `invalid: ${reason.text}`;
  const { losses, terminations } = result;
  const flags = result.flags.map(({ code }) => code).join(', ');
  const lost = `${String(losses.length)} lost in ${String(terminations.length)} terminations`;
  return flags === '' ? lost : `${lost} (${flags})`;
}

/** Shows what is measured now, and the table, row by row, on standard output. */
export function showProgress({ rest, kept, probed, info, history, table }: ProgressRequest): RunProgress {
  const line = progressOn(process.stderr);
  const style: TerminalTable = { run: info, colour: process.stdout.isTTY };
  const total = String(rest.trials.length);
  const findings = [...kept];
  let headerShown = false;
  let remainingMs = rest.trials.reduce((sum, trial) => sum + estimateTrial(trial, history).ms, 0);

  const showRow = (variant: string) => {
    const row = info.rows.find((candidate) => candidate.variant === variant && !candidate.control);
    // Elsewhere the whole table follows at the end; twice would be once too often.
    if (!row || !table || !process.stdout.isTTY) return;
    line.clear();
    if (!headerShown) process.stdout.write(`\n${renderHeader(style)}\n`);
    headerShown = true;
    process.stdout.write(`${renderRow(style, buildRow(info, row, { findings, probed }))}\n`);
  };

  return {
    step(trial, number, step) {
      const minutes = Math.ceil(remainingMs / 60_000);
      const left = `about ${String(minutes)} min left`;
      line.show(`${String(number)}/${total} ${trial.id}: ${step} (${left})`);
    },
    trialDone(trial, result, rowComplete) {
      remainingMs -= estimateTrial(trial, history).ms;
      if (typeof result !== 'string') findings.push(result);
      // On a terminal the rows tell enough; a log has nothing else to show that the lab is alive.
      if (typeof result === 'string') line.print(`${trial.id}: ${result}`);
      else if (process.stderr.isTTY) line.clear();
      else line.print(`${trial.id}: ${resultText(result)}`);
      if (rowComplete) showRow(trial.variant.id);
    },
  };
}
