import path from 'node:path';
import type { ProbedVariant } from '../analysis/probed.ts';
import { buildReport } from '../report/build.ts';
import type { RunReport } from '../report/model.ts';
import { LabError } from '../support/errors.ts';
import { writeWhole } from '../support/write-whole.ts';
import { places, publishedFolder, type Place, type Publication } from './published.ts';
import { reanalyse } from './reanalyse.ts';
import type { StoredRun } from './stored-run.ts';
import { tidyFor } from './tidy.ts';

/**
 * Makes a stored run the published one of its kind of cluster: `run.json` and the findings of all its trials, analysed
 * again.
 *
 * @throws LabError `not-publishable` for a run that proves nothing, whose findings changed, or of a cluster of somebody's own.
 */
export async function publishRun(run: StoredRun, publication: Publication): Promise<void> {
  const place = placeOf(run);
  const analysed = await reanalyse(run);
  const { findings, probed } = analysed;
  const report = buildReport(run.info, findings, { probed });
  const obstacle = obstacleTo(report, analysed.differing.length);
  if (obstacle !== undefined) {
    throw new LabError(
      'not-publishable',
      `${run.folder}: expected a run that proves something, found ${obstacle}.`,
    );
  }
  const folder = publishedFolder(publication, place);
  const tidy = await tidyFor(publication.project);
  const write = async (file: string, value: unknown) => {
    writeWhole(path.join(folder, file), await tidy(JSON.stringify(value), 'json'));
  };
  await write('run.json', run.info);
  await write('findings.json', findings);
  await write('probes.json', probed.map(withoutConnections));
}

function placeOf({ folder, info }: StoredRun): Place {
  const { name } = info.cluster;
  const place = places.find((candidate) => candidate === name);
  if (place !== undefined) return place;
  throw new LabError(
    'not-publishable',
    `${folder}: expected a run on ${places.join(' or ')}, which anyone can repeat, found one on ${name}. Run the lab with --cluster ${places[0]}.`,
  );
}

/** Thousands of connections, which the table does not need: their records stay with the run. */
function withoutConnections(probed: ProbedVariant): ProbedVariant {
  return { ...probed, probe: probed.probe && { ...probed.probe, sessions: [] } };
}

function obstacleTo(report: RunReport, differing: number): string | undefined {
  const { trigger = 'rolling-restart' } = report.run.options;
  if (trigger !== 'rolling-restart')
    return `one whose pods were ended by ${trigger}. Only rolling restarts are`;
  if (!report.run.options.controls) return 'one without controls. Run the lab with them';
  if (report.verdict === 'invalid') {
    const failed = report.controls.filter(({ passed }) => passed === false).map(({ control }) => control);
    return `controls that failed: ${failed.join(', ')}. npm run report -- ${report.run.id} tells more`;
  }
  if (report.verdict === 'unproven') return 'controls that did not run. Let the lab finish';
  if (differing > 0) return `${differing} trials whose timeline gives other findings than are stored`;
  return undefined;
}
