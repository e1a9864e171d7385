import { renderMarkdownTable } from './markdown.ts';
import type { RunReport } from './model.ts';

export const tableBegin = '<!-- table:begin -->';
export const tableEnd = '<!-- table:end -->';

/** What stands between the markers of README.md while no run has been published. */
export const nothingPublished =
  'No run has been published yet: `npm run table -- --from <run>` publishes one.';

/** What stands between the markers of README.md. */
export function renderReadmeSection(report: RunReport): string {
  const { run } = report;
  const [day = ''] = run.started.split('T');
  return [
    ...run.scenarios.map(({ id, title }) => `- \`${id}\`: ${title}`),
    '',
    renderMarkdownTable(report),
    '',
    `Measured on ${day} on the ${run.cluster.name} cluster, ${run.options.ratePerSecond} requests/s, k6 ${run.versions.k6}, ${run.host.cpus} × ${run.host.cpuModel}. ` +
      'Each cell: lost/sent and the most frequent kind of loss; `0/sent (≤x %)`: a server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. ' +
      'Controls, evidence and limits: [results/embedded.md](results/embedded.md).',
  ].join('\n');
}

/** The document with the text between its markers replaced; undefined when the markers are not there. */
export function replaceSection(document: string, section: string): string | undefined {
  const from = document.indexOf(tableBegin);
  const to = document.indexOf(tableEnd);
  if (from === -1 || to < from) return undefined;
  return `${document.slice(0, from + tableBegin.length)}\n\n${section.trim()}\n\n${document.slice(to)}`;
}
