import { join, relative } from 'node:path';
import type { TrialFindings } from '../analysis/findings.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import { buildReport } from '../report/build.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import { renderTerminal } from '../report/terminal.ts';
import { renderJson, writeReport } from '../report/writer.ts';
import type { RunInfo } from '../report/run-info.ts';
import { exitCodes } from '../support/errors.ts';
import { writeJson } from '../support/write-whole.ts';
import type { PlannedRun } from './planned.ts';
import { resumeCommand } from './stored-run.ts';

/** What was measured, in this run and before it was taken up again. */
export interface Measured {
  findings: TrialFindings[];
  probed: ProbedVariant[];
}

/** Writes and prints the report of what was measured; returns the exit code. */
export function finishRun(
  { info, folder }: { info: RunInfo; folder: string },
  measured: Measured,
  json: boolean,
): number {
  info.finished = new Date().toISOString();
  writeJson(join(folder, 'run.json'), info);
  return report({ info, folder }, measured, json);
}

/** Prints the report of a run that was taken up again although nothing of it is missing; returns the exit code. */
export function reportComplete({
  id,
  folder,
  stored,
  kept: findings,
  probed,
  options,
}: Required<PlannedRun>): number {
  process.stderr.write(`Run ${id} is complete: nothing is left to be measured.\n`);
  const { interrupted, finished } = stored;
  // It may have been stopped after its last trial.
  if (interrupted || finished === null) {
    return finishRun({ info: { ...stored, interrupted: false }, folder }, { findings, probed }, options.json);
  }
  return report({ info: stored, folder }, { findings, probed }, options.json);
}

function report(
  { info, folder }: { info: RunInfo; folder: string },
  { findings, probed }: Measured,
  json: boolean,
): number {
  const run = buildReport(info, findings, { probed });
  writeReport(folder, run);
  const colour = process.stdout.isTTY;
  process.stdout.write(json ? renderJson(run) : `\n${renderTerminal(run, { colour })}`);
  if (!json) process.stderr.write(`\nEverything of this run: ${relative(process.cwd(), folder)}\n`);
  if (!info.interrupted) return exitCodeOf(run);
  process.stderr.write(`Go on with: ${resumeCommand(folder)}\n`);
  return exitCodes.interrupted;
}
