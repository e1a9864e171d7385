import { markdownTable } from 'markdown-table';
import { columns } from '../analysis/judge.ts';
import { drainText, failureText, exitsText, lossText, terminationsText } from './figures.ts';
import { escapeCell, escapeText, list } from './markdown-text.ts';
import type { RowReport, RunReport } from './model.ts';
import { hasProbes, probeCells, probeColumns, strategyText } from './probe-sections.ts';
import { bannerOf, sectionsOf, type Section } from './sections.ts';

/** The table of what was lost, with the strategy of each row where it was probed. */
export function renderMarkdownTable(report: RunReport): string {
  const scenarios = report.run.scenarios.flatMap(({ id }) => columns.map((column) => `${id}: ${column}`));
  const probed = hasProbes(report);
  const names = ['Framework', 'Server', 'Version', 'Setting', ...(probed ? ['Strategy'] : [])];
  const header = [...names, ...scenarios, 'Terminations', 'Drain', 'Exit'];
  return markdownTable([header, ...report.rows.map((row) => cellsOf(row, probed).map(escapeCell))]);
}

/**
 * The table of what the probes saw; undefined when there was none. Apart from the other, because its cells hold
 * sentences: in one table of seventeen columns each would be a few letters wide.
 */
export function renderProbeTable({ rows }: Pick<RunReport, 'rows'>): string | undefined {
  const lines = rows.flatMap((row) => {
    const cells = probeCells(row);
    return cells === undefined ? [] : [[`\`${row.variant}\``, ...cells].map(escapeCell)];
  });
  return lines.length === 0 ? undefined : markdownTable([['Variant', ...probeColumns], ...lines]);
}

/** The whole report as a document. */
export function renderMarkdown(report: RunReport, title = `Run ${report.run.id}`): string {
  const banner = bannerOf(report);
  const probes = renderProbeTable(report);
  return [
    `# ${escapeText(title)}`,
    ...(banner === undefined ? [] : [renderBanner(banner)]),
    report.run.scenarios.map((scenario) => `- ${escapeText(`${scenario.id}: ${scenario.title}`)}`).join('\n'),
    renderMarkdownTable(report),
    ...(probes === undefined ? [] : [probes]),
    ...sectionsOf(report).map(renderSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function renderBanner({ title, lines }: Section): string {
  return [`**${escapeText(title)}**`, ...(lines.length === 0 ? [] : [list(lines)])].join('\n\n');
}

function renderSection({ title, lines }: Section): string {
  return `## ${escapeText(title)}\n\n${list(lines)}`;
}

function cellsOf(row: RowReport, probed: boolean): string[] {
  const name = escapeText(row.framework);
  const framework = row.homepage === '' ? name : `[${name}](${row.homepage})`;
  // The id is what `--only` takes: with it the reader measures the row again.
  const setting = `\`${row.variant}\`: ${row.setting}`;
  const names = [framework, row.server, row.version, setting, ...(probed ? [strategyText(row)] : [])];
  const cells = row.cells.flatMap(({ columns: found }) => columns.map((column) => lossText(found?.[column])));
  const failure = failureText(row);
  if (failure === null) {
    return [...names, ...cells, terminationsText(row), drainText(row.drainMs), exitsText(row.exits)];
  }
  return [...names, failure, ...cells.slice(1).map(() => ''), '', '', ''];
}
