import fs from 'node:fs';
import path from 'node:path';
import { clusterText } from '../report/cluster-section.ts';
import { fillFigures } from '../report/commentary.ts';
import { compareRuns, type ComparedCell, type Comparison } from '../report/comparison.ts';
import { renderComparison, renderShortComparison } from '../report/comparison-markdown.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { RunReport } from '../report/model.ts';
import {
  foundMarkers,
  nothingPublished,
  renderReadmeSection,
  replaceSection,
  tableMarkers,
  type Markers,
} from '../report/readme.ts';
import { renderJson } from '../report/writer.ts';
import { LabError } from '../support/errors.ts';
import { places, readAllPublished, type Place, type Publication } from './published.ts';
import { tidyFor, type Tidy } from './tidy.ts';

/** A generated file: what it should hold. */
export interface Generated {
  file: string;
  content: string;
}

/** What people wrote about the run that README shows, and about where the clusters differ. */
const foundFile = 'what-we-found.md';
const whyFile = 'why-they-differ.md';

type Published = ReadonlyMap<Place, RunReport>;

/** Everything that is generated from the published runs, or says that there is none. */
export async function generate(publication: Publication): Promise<Generated[]> {
  const published = readAllPublished(publication);
  const comparison = comparisonOf(published);
  const tidy = await tidyFor(publication.project);
  const inResults = (file: string, content: string): Generated => ({
    file: path.join(publication.results, file),
    content,
  });
  const tables: Generated[] = [];
  for (const place of published.size === 0 ? (['embedded'] as const) : published.keys()) {
    const { markdown, json } = tableOf(place, published.get(place));
    tables.push(inResults(`${place}.md`, await tidy(markdown, 'markdown')));
    tables.push(inResults(`${place}.json`, await tidy(json, 'json')));
  }
  const readme = await readmeOf(publication, { published, comparison, tidy });
  if (comparison === undefined) return [readme, ...tables];
  const compared = comparisonText(publication, comparison, published);
  return [readme, ...tables, inResults('comparison.md', await tidy(compared, 'markdown'))];
}

/** Those of the generated files that do not hold what they should. */
export function staleFiles(generated: readonly Generated[]): string[] {
  return generated
    .filter(({ file, content }) => !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content)
    .map(({ file }) => file);
}

function comparisonOf(published: Published): Comparison | undefined {
  const [first, second] = published.values();
  return first === undefined || second === undefined ? undefined : compareRuns(first, second);
}

function tableOf(place: Place, report: RunReport | undefined): { markdown: string; json: string } {
  if (report === undefined) {
    return {
      markdown: `# Results on the ${place} cluster\n\n${nothingPublished}\n`,
      json: '{ "published": null }',
    };
  }
  const title = `Results on ${clusterText(report.run.cluster)}`;
  return { markdown: renderMarkdown(report, title), json: renderJson(report) };
}

async function readmeOf(
  publication: Publication,
  parts: { published: Published; comparison: Comparison | undefined; tidy: Tidy },
): Promise<Generated> {
  const { published, comparison, tidy } = parts;
  const file = path.join(publication.project, 'README.md');
  const document = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const shown = places.find((place) => published.has(place));
  const report = shown && published.get(shown);
  const table = report === undefined ? nothingPublished : renderReadmeSection(report, `results/${shown}.md`);
  const compared = comparison === undefined ? '' : `\n\n${renderShortComparison(comparison)}`;
  const found =
    report === undefined ? nothingPublished : writtenText(publication, foundFile, { report, published });
  const sections: [Markers, string][] = [
    [tableMarkers, table + compared],
    // A README without a place for it has none.
    ...(document.includes(foundMarkers.begin) ? [[foundMarkers, found] as [Markers, string]] : []),
  ];
  let content = document;
  for (const [markers, text] of sections) {
    content = replaceBetween({ readme: file, document: content, markers }, await tidy(text, 'markdown'));
  }
  return { file, content };
}

function comparisonText(publication: Publication, comparison: Comparison, published: Published): string {
  const [report] = comparison.runs;
  const text = writtenText(publication, whyFile, { report, published });
  const written = readWritten(publication, whyFile);
  const explains = ({ variant, scenario, column }: ComparedCell) =>
    [...published.keys()].some((place) => written.includes(`{${place} ${variant} ${scenario} ${column}`));
  return renderComparison(comparison, { text, explains });
}

/** What people wrote, with its figures; '' where nobody did. Throws LabError `commentary-contradicted`. */
function writtenText(
  publication: Publication,
  name: string,
  { report, published }: { report: RunReport; published: Published },
): string {
  const { text, problems } = fillFigures(readWritten(publication, name), report, published);
  if (problems.length === 0) return text;
  const file = path.join(publication.results, name);
  const lines = problems.map(
    ({ line, column, expected, found }) => `${file}:${line}:${column} expected ${expected}, found ${found}`,
  );
  throw new LabError('commentary-contradicted', lines.join('\n'));
}

function readWritten({ results }: Publication, name: string): string {
  const file = path.join(results, name);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
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
