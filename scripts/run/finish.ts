import { join, relative } from 'node:path';
import type { TrialFindings } from '../analysis/findings.ts';
import { buildReport } from '../report/build.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import { renderTerminal } from '../report/terminal.ts';
import { renderJson, writeReport } from '../report/writer.ts';
import { exitCodes } from '../support/errors.ts';
import { writeJson } from '../support/write-whole.ts';
import type { StartedRun } from './start.ts';

/** Writes and prints the report of what was measured; returns the exit code. */
export function finishRun({ info, folder }: StartedRun, findings: TrialFindings[], json: boolean): number {
  info.finished = new Date().toISOString();
  writeJson(join(folder, 'run.json'), info);
  const report = buildReport(info, findings);
  writeReport(folder, report);
  const colour = process.stdout.isTTY;
  process.stdout.write(json ? renderJson(report) : `\n${renderTerminal(report, { colour })}`);
  if (!json) process.stderr.write(`\nEverything of this run: ${relative(process.cwd(), folder)}\n`);
  return info.interrupted ? exitCodes.interrupted : exitCodeOf(report);
}
