import fs from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { TrialFindings } from '../analysis/findings.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import { buildReport } from '../report/build.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { fillFigures } from '../report/commentary.ts';
import {
  foundMarkers,
  nothingPublished,
  renderReadmeSection,
  replaceSection,
  tableMarkers,
  type Markers,
} from '../report/readme.ts';
import { writeWhole } from '../support/write-whole.ts';
import { renderJson } from '../report/writer.ts';
import type { RunReport } from '../report/model.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { reanalyse } from './reanalyse.ts';
import { readInfo, type StoredRun } from './stored-run.ts';

/** Where the published run and what is generated from it are. */
export interface Publication {
  /** Folder with README.md. */
  project: string;
  /** Folder of results. */
  results: string;
}

/** A generated file: what it should hold. */
export interface Generated {
  file: string;
  content: string;
}

/**
 * Makes a stored run the published one: `run.json` and the findings of all its trials, analysed again.
 *
 * @throws LabError `not-publishable` for a run that proves nothing or whose findings changed.
 */
export async function publishRun(run: StoredRun, publication: Publication): Promise<void> {
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
  const folder = publishedFolder(publication);
  const style = await styleOf(publication);
  const write = async (file: string, value: unknown) => {
    writeWhole(path.join(folder, file), await tidy(JSON.stringify(value), 'json', style));
  };
  await write('run.json', run.info);
  await write('findings.json', findings);
  await write('probes.json', probed.map(withoutConnections));
}

/** Thousands of connections, which the table does not need: their records stay with the run. */
function withoutConnections(probed: ProbedVariant): ProbedVariant {
  return { ...probed, probe: probed.probe && { ...probed.probe, sessions: [] } };
}

function obstacleTo(report: RunReport, differing: number): string | undefined {
  if (!report.run.options.controls) return 'one without controls. Run the lab with them';
  if (report.verdict === 'invalid') {
    const failed = report.controls.filter(({ passed }) => passed === false).map(({ control }) => control);
    return `controls that failed: ${failed.join(', ')}. npm run report -- ${report.run.id} tells more`;
  }
  if (report.verdict === 'unproven') return 'controls that did not run. Let the lab finish';
  if (differing > 0) return `${differing} trials whose timeline gives other findings than are stored`;
  return undefined;
}

/** Everything that is generated from the published run, or says that there is none. */
export async function generate(publication: Publication): Promise<Generated[]> {
  const report = readPublished(publication);
  const style = await styleOf(publication);
  const section = report === undefined ? nothingPublished : renderReadmeSection(report);
  const markdown =
    report === undefined
      ? `# Results on the embedded cluster\n\n${nothingPublished}\n`
      : renderMarkdown(report, 'Results on the embedded cluster');
  const json = report === undefined ? '{ "published": null }' : renderJson(report);
  const found = report === undefined ? nothingPublished : commentary(publication, report);
  const readme = path.join(publication.project, 'README.md');
  const document = fs.existsSync(readme) ? fs.readFileSync(readme, 'utf8') : '';
  const sections: [Markers, string][] = [[tableMarkers, section], ...foundSection(document, found)];
  let content = document;
  for (const [markers, text] of sections) {
    content = replaceBetween({ readme, document: content, markers }, await tidy(text, 'markdown', style));
  }
  return [
    { file: readme, content },
    { file: path.join(publication.results, 'embedded.md'), content: await tidy(markdown, 'markdown', style) },
    { file: path.join(publication.results, 'embedded.json'), content: await tidy(json, 'json', style) },
  ];
}

/** Those of the generated files that do not hold what they should. */
export function staleFiles(generated: readonly Generated[]): string[] {
  return generated
    .filter(({ file, content }) => !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content)
    .map(({ file }) => file);
}

function publishedFolder({ results }: Publication): string {
  return path.join(results, 'published', 'embedded');
}

function readPublished(publication: Publication): RunReport | undefined {
  const folder = publishedFolder(publication);
  if (!fs.existsSync(path.join(folder, 'run.json'))) return undefined;
  const info = readInfo(path.join(folder, 'run.json'));
  const findings = readFindings(path.join(folder, 'findings.json')) as TrialFindings[];
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

/** What people wrote about the published run, with its figures; a README without a place for it has none. */
function foundSection(document: string, found: string): [Markers, string][] {
  return document.includes(foundMarkers.begin) ? [[foundMarkers, found]] : [];
}

function commentary({ results }: Publication, report: RunReport): string {
  const file = path.join(results, 'what-we-found.md');
  if (!fs.existsSync(file)) return '';
  const { text, problems } = fillFigures(fs.readFileSync(file, 'utf8'), report);
  if (problems.length === 0) return text;
  const lines = problems.map(
    ({ line, column, expected, found }) => `${file}:${line}:${column} expected ${expected}, found ${found}`,
  );
  throw new LabError('commentary-contradicted', lines.join('\n'));
}

function replaceBetween(
  { readme, document, markers }: { readme: string; document: string; markers: Markers },
  section: string,
): string {
  const replaced = replaceSection(document, markers, section);
  if (replaced !== undefined) return replaced;
  const { begin, end } = markers;
  throw new LabError(
    'markers-missing',
    `${readme}: expected ${begin} and ${end} on lines of their own, found at most one of them. Put both where the text belongs.`,
  );
}

type Style = Awaited<ReturnType<typeof resolveConfig>>;

function styleOf({ project }: Publication): Promise<Style> {
  return resolveConfig(path.join(project, 'README.md'));
}

/** Formatting is a gate of the project, also for what is generated. */
function tidy(text: string, parser: 'json' | 'markdown', style: Style): Promise<string> {
  return format(text, { ...style, parser });
}
