import { join, relative } from 'node:path';
import { analyseProbe } from '../../analysis/probe/findings.ts';
import { analyseSweep } from '../../analysis/probe/sweep.ts';
import type { ProbeReport } from '../../report/probe/model.ts';
import { renderSweep } from '../../report/probe/sweep.ts';
import { renderProbe } from '../../report/probe/terminal.ts';
import { exitCodes } from '../../support/errors.ts';
import { writeJson } from '../../support/write-whole.ts';
import type { ProbeSession } from '../../timeline/probe-records.ts';
import type { StartedProbe } from './start.ts';

/**
 * Analyses what was recorded, prints it and keeps it as `findings.json`. Returns the exit code: 2 when nothing
 * follows from any session.
 */
export function finishProbe(
  { info, folder, signal, progress }: StartedProbe,
  sessions: ProbeSession[],
  json: boolean,
): number {
  const probe = { ...info, finished: new Date().toISOString(), interrupted: signal.aborted };
  writeJson(join(folder, 'probe.json'), probe);
  progress.clear();
  if (sessions.length === 0) {
    process.stderr.write('Nothing was recorded.\n');
    return exitCodes.interrupted;
  }
  const report: ProbeReport =
    info.sweep === null
      ? { probe, findings: analyseProbe(sessions) }
      : { probe, sweep: analyseSweep(sessions) };
  writeJson(join(folder, 'findings.json'), report);
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : render(report));
  process.stderr.write(`Everything of this probe: ${relative(process.cwd(), folder)}\n`);
  if (probe.interrupted) return exitCodes.interrupted;
  return isProven(report) ? exitCodes.done : exitCodes.notProven;
}

function render(report: ProbeReport): string {
  const options = { colour: process.stdout.isTTY };
  return 'findings' in report
    ? renderProbe(report.probe, report.findings, options)
    : renderSweep(report.probe, report.sweep, options);
}

function isProven(report: ProbeReport): boolean {
  if ('sweep' in report) return report.sweep.terminations > 0;
  return report.findings.sessions.some(({ invalid }) => invalid.length === 0);
}
