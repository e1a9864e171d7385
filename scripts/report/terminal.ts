import { columns, type Verdict } from '../analysis/judge.ts';
import { drainText, failureText, exitsText, lossText, terminationsText } from './figures.ts';
import type { ProbeSummary, RowReport, RunReport } from './model.ts';
import type { RunInfo } from './run-info.ts';
import { painter, type Paint } from './paint.ts';
import { bannerOf, sectionsOf, type Section } from './sections.ts';

type Style = Parameters<Paint>[0];

/** Widths are fixed before the first row is known, so that the table can grow while the lab runs. */
export interface TerminalTable {
  run: Pick<RunInfo, 'scenarios' | 'rows'>;
  /** Only when written to a terminal. */
  colour: boolean;
}

const cellWidth = 15;
const drainWidth = 12;
const gap = '  ';

/** Two lines that name the columns, without a newline at the end. */
export function renderHeader(table: TerminalTable): string {
  const groups = table.run.scenarios.map(({ id }) => id.padEnd(cellWidth * 2 + gap.length));
  const names = table.run.scenarios.flatMap(() => columns.map((name) => name.padEnd(cellWidth)));
  const first = [' '.repeat(variantWidth(table)), ...groups].join(gap).trimEnd();
  const second = ['variant'.padEnd(variantWidth(table)), ...names, 'drain'.padEnd(drainWidth), 'exit'].join(
    gap,
  );
  return paint(table, 'bold', `${first}\n${second}`);
}

/** Two lines of a row: its figures; then what was measured. One line for a row that was not measured. */
export function renderRow(table: TerminalTable, row: RowReport): string {
  const name = row.variant.padEnd(variantWidth(table));
  const failure = failureText(row);
  if (failure !== null) return `${name}${gap}${paint(table, 'yellow', failure)}`;
  const cells = row.cells.flatMap(({ columns: found }) =>
    columns.map((column): Cell => {
      const text = lossText(found?.[column]);
      const style = styleOf(found?.[column].verdict);
      return { text, width: cellWidth, ...(style && { style }) };
    }),
  );
  const drain = { text: drainText(row.drainMs), width: drainWidth };
  const figures = layOut(table, [{ text: name, width: name.length }, ...cells, drain]);
  const terminations = terminationsText(row);
  const plural = terminations === '1' ? '' : 's';
  const ends = terminations === '–' ? 'not measured' : `${terminations} termination${plural} per scenario`;
  const about = `${row.framework} ${row.version} on ${row.server}: ${row.setting} (${ends})`;
  const strategy = row.probe === null ? '' : `\n  ${probeText(row.probe)}`;
  return `${figures}${exitsText(row.exits)}\n${paint(table, 'dim', `  ${about}`)}${strategy}`;
}

/** What the probe saw, in one line. */
function probeText({ failure, strategy, inFlight, late, drainBound }: ProbeSummary): string {
  if (failure !== null) return `not probed: ${failure}`;
  return `${strategy}; in flight: ${inFlight}; new connections: ${late}; ${drainBound}`;
}

/** A figure of a row, and how wide its column is. */
interface Cell {
  text: string;
  width: number;
  style?: Style;
}

/** Each cell begins with its column, or as soon after that as a longer one before it allows. */
function layOut(table: TerminalTable, cells: readonly Cell[]): string {
  let line = '';
  let length = 0;
  let columnEnd = 0;
  for (const { text, width, style } of cells) {
    columnEnd += width + gap.length;
    const padding = ' '.repeat(Math.max(gap.length, columnEnd - length - text.length));
    line += (style === undefined ? text : paint(table, style, text)) + padding;
    length += text.length + padding.length;
  }
  return line;
}

function styleOf(verdict: Verdict | undefined): Style | undefined {
  if (verdict === 'invalid') return 'yellow';
  return verdict === 'loses' || verdict === 'loses sometimes' ? 'red' : undefined;
}

/** What follows the last row: controls, what was lost, the instrument, the cluster. */
function renderFinal(report: RunReport, table: TerminalTable): string {
  return sectionsOf(report)
    .map((section) => renderSection(table, section))
    .join('\n');
}

/** The words on top of a run that proves nothing; '' when its controls passed. */
export function renderBanner(report: RunReport, table: TerminalTable): string {
  const banner = bannerOf(report);
  if (banner === undefined) return '';
  const title = paint(table, ['bold', report.verdict === 'invalid' ? 'red' : 'yellow'], banner.title);
  return [title, ...banner.lines.map((line) => `  ${line}`), ''].join('\n');
}

/** The whole report for a terminal. */
export function renderTerminal(report: RunReport, options: { colour: boolean }): string {
  const table: TerminalTable = { run: report.run, colour: options.colour };
  const banner = renderBanner(report, table);
  return [
    ...(banner === '' ? [] : [banner]),
    renderHeader(table),
    ...report.rows.map((row) => renderRow(table, row)),
    '',
    renderFinal(report, table),
  ].join('\n');
}

function renderSection(table: TerminalTable, { title, lines }: Section): string {
  return [paint(table, 'bold', title), ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function variantWidth({ run }: TerminalTable): number {
  return Math.max(
    'variant'.length,
    ...run.rows.filter(({ control }) => !control).map(({ variant }) => variant.length),
  );
}

function paint({ colour }: TerminalTable, style: Style, text: string): string {
  return painter(colour)(style, text);
}
