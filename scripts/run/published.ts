import fs from 'node:fs';
import path from 'node:path';
import type { TrialFindings } from '../analysis/findings.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import { buildReport } from '../report/build.ts';
import type { RunReport } from '../report/model.ts';
import type { RunInfo } from '../report/run-info.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { readInfo } from './stored-run.ts';

/** Kinds of cluster of which one run each is published; README shows the first that there is. */
export const places = ['kind', 'embedded'] as const;
export type Place = (typeof places)[number];

/** Where the published runs and what is generated from them are. */
export interface Publication {
  /** Folder with README.md. */
  project: string;
  /** Folder of results. */
  results: string;
}

/** Where a run of this kind of cluster is published. */
export function publishedFolder({ results }: Publication, place: Place): string {
  return path.join(results, 'published', place);
}

/** The published runs by kind of cluster, in the order in which README prefers them. */
export function readAllPublished(publication: Publication): Map<Place, RunReport> {
  return new Map(
    places.flatMap((place) => {
      const report = readPublished(publication, place);
      return report === undefined ? [] : [[place, report]];
    }),
  );
}

/** A published run as it was measured. */
export interface PublishedRun {
  info: RunInfo;
  findings: TrialFindings[];
}

/** The run that is published of this kind of cluster; throws a LabError `published-unreadable`. */
export function readPublishedRun(publication: Publication, place: Place): PublishedRun | undefined {
  const folder = publishedFolder(publication, place);
  if (!fs.existsSync(path.join(folder, 'run.json'))) return undefined;
  const info = readInfo(path.join(folder, 'run.json'));
  return { info, findings: readFindings(path.join(folder, 'findings.json')) as TrialFindings[] };
}

function readPublished(publication: Publication, place: Place): RunReport | undefined {
  const run = readPublishedRun(publication, place);
  if (run === undefined) return undefined;
  const { info, findings } = run;
  const folder = publishedFolder(publication, place);
  // Runs of before the probe have none.
  const probes = path.join(folder, 'probes.json');
  const probed = fs.existsSync(probes) ? (readFindings(probes) as ProbedVariant[]) : [];
  return buildReport(info, findings, { probed });
}

function readFindings(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LabError(
      'published-unreadable',
      `${file}: expected the findings of the published run, found ${messageOf(error)}. Publish a run again: npm run table -- --from <run>`,
    );
  }
}
