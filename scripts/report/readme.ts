import { clusterText } from './cluster-section.ts';
import { otherRatesText } from './figures.ts';
import { kindsLegend, lossWords } from './loss-kinds.ts';
import { renderMarkdownTable, renderProbeTable } from './markdown.ts';
import type { RunReport } from './model.ts';

/** Two lines of README.md between which text is generated. */
export interface Markers {
  begin: string;
  end: string;
}

export const tableMarkers: Markers = { begin: '<!-- table:begin -->', end: '<!-- table:end -->' };
export const foundMarkers: Markers = { begin: '<!-- found:begin -->', end: '<!-- found:end -->' };

/** What stands between the markers of README.md while no run has been published. */
export const nothingPublished =
  'No run has been published yet: `npm run table -- --from <run>` publishes one.';

/** What stands between the markers of README.md; `file` is the whole report of this run, below the project. */
export function renderReadmeSection(report: RunReport, file: string): string {
  const { run } = report;
  const [day = ''] = run.started.split('T');
  const otherRates = otherRatesText(report);
  const probes = renderProbeTable(report);
  return [
    ...run.scenarios.map(({ id, title }) => `- \`${id}\`: ${title}`),
    '',
    renderMarkdownTable(report),
    '',
    [
      `Measured on ${day} on ${clusterText(run.cluster)}, ${run.options.ratePerSecond} requests/s, k6 ${run.versions.k6}, ${run.host.cpus} × ${run.host.cpuModel}.`,
      `Each cell: ${lossWords(report)}; \`0/sent (≤x %)\`: a server that loses something in more than x % of pod terminations would have been caught with 95 % confidence.`,
      ...[...kindsLegend(report), ...(otherRates === undefined ? [] : [otherRates])].map(withTerm),
      `Controls, evidence and limits: [${file}](${file}).`,
    ].join(' '),
    ...(probes === undefined ? [] : ['', probeWords, '', probes]),
  ].join('\n');
}

const probeWords =
  'What a server does when it is told to stop, seen by a probe with raw connections in known states: what becomes of requests in flight, what a new connection gets, and what the process waits for before it ends.';

/** `a + b: both kinds.` with what it explains set as it stands in a cell. */
function withTerm(sentence: string): string {
  return sentence.replace(/^[^:]*/, (term) => `\`${term}\``);
}

/** The document with the text between these markers replaced; undefined when the markers are not there. */
export function replaceSection(
  document: string,
  { begin, end }: Markers,
  section: string,
): string | undefined {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) return undefined;
  return `${document.slice(0, from + begin.length)}\n\n${section.trim()}\n\n${document.slice(to)}`;
}
