import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { analyseTrial } from '../analysis/analyse.ts';
import type { TrialFindings } from '../analysis/findings.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import { messageOf } from '../support/errors.ts';
import { readTimeline, type TimelineProblem } from '../timeline/read.ts';
import { readAllProbed } from './probe/stored.ts';
import { resumeCommand, trialFolder, type StoredRun } from './stored-run.ts';

/** What the stored timelines of a run give now. */
export interface Reanalysis {
  findings: TrialFindings[];
  probed: ProbedVariant[];
  /** Trials with stored findings, and those whose timeline gives others now. */
  compared: number;
  differing: { trial: string; fields: string[] }[];
  /** Timelines that cannot be used whole. */
  damaged: { file: string; problems: TimelineProblem[] }[];
  /** Sentences on trials that cannot be analysed. */
  remarks: string[];
}

/** Analyses every trial of the run again, one after the other, from its timeline alone. */
export async function reanalyse({ folder, info }: StoredRun): Promise<Reanalysis> {
  const probed = await readAllProbed(folder, info);
  const result: Reanalysis = { findings: [], probed, compared: 0, differing: [], damaged: [], remarks: [] };
  for (const trial of info.trials) await reanalyseTrial(result, { trial, folder });
  if (info.interrupted || info.finished === null) result.remarks.push(`Go on with: ${resumeCommand(folder)}`);
  return result;
}

async function reanalyseTrial(
  result: Reanalysis,
  { trial, folder }: { trial: string; folder: string },
): Promise<void> {
  const own = trialFolder(folder, trial);
  const stored = readStored(path.join(own, 'findings.json'));
  const file = path.join(own, 'timeline.ndjson');
  if (!fs.existsSync(file)) {
    if (stored !== undefined)
      result.remarks.push(`${file}: expected the timeline of a finished trial, found none`);
    return;
  }
  let findings: TrialFindings;
  try {
    const timeline = await readTimeline(file);
    if (timeline.problems.length > 0) result.damaged.push({ file, problems: timeline.problems });
    // Without findings the trial did not end: it was interrupted or its server could not be deployed.
    if (stored === undefined) {
      result.remarks.push(`${trial} did not finish and is left out`);
      return;
    }
    findings = analyseTrial(timeline);
  } catch (error) {
    result.remarks.push(messageOf(error));
    return;
  }
  result.findings.push(findings);
  result.compared++;
  const fields = differingFields(findings, stored);
  if (fields.length > 0) result.differing.push({ trial, fields });
}

/** Undefined when there is none; null when it cannot be read, which then differs from whatever is found. */
function readStored(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as unknown;
  } catch {
    return fs.existsSync(file) ? null : undefined;
  }
}

function differingFields(findings: TrialFindings, stored: unknown): string[] {
  if (typeof stored !== 'object' || stored === null) return ['the whole file'];
  const now = JSON.parse(JSON.stringify(findings)) as Record<string, unknown>;
  const before = stored as Record<string, unknown>;
  const fields = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...fields].filter((field) => !isDeepStrictEqual(now[field], before[field]));
}

/** Sentences for the reader: whether the stored findings were found again, and what could not be read. */
export function describeReanalysis(result: Reanalysis): string[] {
  const identical = result.compared - result.differing.length;
  return [
    `findings are identical in ${identical} of ${result.compared} trials`,
    ...result.differing.map(({ trial, fields }) => `${trial} differs in ${fields.join(', ')}`),
    ...result.damaged.flatMap(({ file, problems }) => describeDamage(file, problems)),
    ...result.remarks,
  ];
}

const shownProblems = 5;

function describeDamage(file: string, problems: readonly TimelineProblem[]): string[] {
  const lines = problems
    .slice(0, shownProblems)
    .map(
      ({ line, byteOffset, reason, text }) =>
        `${file}:${line} (byte ${byteOffset}): ${reason}: ${JSON.stringify(text.slice(0, 60))}; left out`,
    );
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `${file}: ${more} more lines left out`] : lines;
}
