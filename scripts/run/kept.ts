import { existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findingsSchema, type TrialFindings } from '../analysis/findings.ts';
import type { Trial } from '../catalogue/model.ts';
import type { RunInfo } from '../report/run-info.ts';
import { makeFolder, notWritable } from '../support/write-whole.ts';
import { keptRate } from './rates.ts';
import { trialFolder } from './stored-run.ts';

/** The findings of the trials that need not be measured again. */
export function readKept(runFolder: string, ids: readonly string[]): TrialFindings[] {
  return ids.flatMap((id) => {
    const findings = readFindings(join(trialFolder(runFolder, id), 'findings.json'));
    return findings?.trial?.id === id && isWhole(findings) ? [findings as TrialFindings] : [];
  });
}

function readFindings(file: string): Partial<TrialFindings> | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? undefined) as Partial<TrialFindings> | undefined;
  } catch {
    return undefined;
  }
}

/** A trial that proved nothing counts, and is not tried until it does; one that was stopped half-way does not. */
function isWhole({ schema, invalid, populations, terminations, losses }: Partial<TrialFindings>): boolean {
  const complete = [invalid, terminations, losses].every(Array.isArray) && typeof populations === 'object';
  const stopped = invalid?.some(({ code }) => code === 'interrupted') ?? true;
  return schema === findingsSchema && complete && !stopped;
}

/**
 * Moves what was recorded of these trials to `_stopped/<time>/` of the run, where no report looks: no framework
 * can have that name. A pre-test goes with them, unless the rate that it found is kept.
 */
export function putAside(
  { folder, info }: { folder: string; info: RunInfo },
  trials: readonly Trial[],
  time: string,
): void {
  const stopped = join(folder, '_stopped', time);
  for (const trial of trials) {
    move(trialFolder(folder, trial.id), trialFolder(stopped, trial.id));
    if (keptRate(info, trial) !== undefined) continue;
    const pretest = join(dirname(trial.id), 'pretest');
    move(join(folder, pretest), join(stopped, pretest));
  }
}

function move(from: string, to: string): void {
  if (!existsSync(from)) return;
  makeFolder(dirname(to));
  try {
    renameSync(from, to);
  } catch (error) {
    throw notWritable(to, error);
  }
}
