import { columns, type Verdict } from '../analysis/judge.ts';
import { drainText, failureText, exitsText, lossParts, terminationsText } from './figures.ts';
import type { ProbeSummary, RowReport, RunReport } from './model.ts';
import type { RunInfo } from './run-info.ts';
import { painter, type Paint } from './paint.ts';
import { bannerOf, sectionsOf, type Section } from './sections.ts';

type Style = Parameters<Paint>[0];

/** Widths are fixed before the first row is known, so that the table can grow while the lab runs. */
export interface TerminalTable {
  run: Pick<RunInfo, 'scenarios' | 'rows' | 'options'>;
  /** Only when written to a terminal. */
  colour: boolean;
}

/** `52/4258 refused`; of several repetitions together `156/12774 refused`. */
const cellWidths = { oneRepetition: 15, more: 17 };
const drainWidth = 12;
const gap = '  ';

/** Two lines that name the columns, without a newline at the end. */
export function renderHeader(table: TerminalTable): string {
  const width = cellWidth(table);
  const groups = table.run.scenarios.map(({ id }) => id.padEnd(width * 2 + gap.length));
  const names = table.run.scenarios.flatMap(() => columns.map((name) => name.padEnd(width)));
  const first = [' '.repeat(variantWidth(table)), ...groups].join(gap).trimEnd();
  const second = ['variant'.padEnd(variantWidth(table)), ...names, 'drain'.padEnd(drainWidth), 'exit'].join(
    gap,
  );
  return paint(table, 'bold', `${first}\n${second}`);
}

/**
 * The lines of a row: its figures, with what was lost only sometimes below; what was measured; what the probe saw. One
 * line for a row that was not measured.
 */
export function renderRow(table: TerminalTable, row: RowReport): string {
  const name = { parts: [row.variant], width: variantWidth(table) };
  const failure = failureText(row);
  if (failure !== null) {
    return `${row.variant.padEnd(name.width)}${gap}${paint(table, 'yellow', failure)}`;
  }
  const cells = row.cells.flatMap(({ columns: found }) =>
    columns.map((column): Cell => {
      const style = styleOf(found?.[column].verdict);
      return { parts: lossParts(found?.[column]), width: cellWidth(table), ...(style && { style }) };
    }),
  );
  const drain = { parts: [drainText(row.drainMs)], width: drainWidth };
  const exits = { parts: [exitsText(row.exits)], width: 0 };
  return [
    ...layOut(table, [name, ...cells, drain, exits]),
    `  ${paint(table, 'dim', aboutText(row))}`,
    ...(row.probe === null ? [] : [`  ${probeText(row.probe)}`]),
  ].join('\n');
}

/** What was measured, and how often. */
function aboutText(row: RowReport): string {
  const terminations = terminationsText(row);
  const plural = terminations === '1' ? '' : 's';
  const ends = terminations === '–' ? 'not measured' : `${terminations} termination${plural} per scenario`;
  return `${row.framework} ${row.version} on ${row.server}: ${row.setting} (${ends})`;
}

/** What the probe saw, in one line. */
function probeText({ failure, strategy, inFlight, late, drainBound }: ProbeSummary): string {
  if (failure !== null) return `not probed: ${failure}`;
  return `${strategy}; in flight: ${inFlight}; new connections: ${late}; drain bound: ${drainBound}`;
}

/** A figure of a row in lines, and how wide its column is. */
interface Cell {
  parts: string[];
  width: number;
  style?: Style;
}

/** Each cell begins with its column, or as soon after that as a longer one before it allows. */
function layOut(table: TerminalTable, cells: readonly Cell[]): string[] {
  const lines = Array.from({ length: Math.max(...cells.map(({ parts }) => parts.length)) }, () => '');
  let begin = 0;
  let columnEnd = 0;
  for (const { parts, width, style } of cells) {
    columnEnd += width + gap.length;
    const end = Math.max(columnEnd, begin + gap.length + Math.max(...parts.map(({ length }) => length)));
    for (const [index, line] of lines.entries()) {
      const text = parts[index] ?? '';
      const painted = style === undefined ? text : paint(table, style, text);
      lines[index] = line + painted + ' '.repeat(end - begin - text.length);
    }
    begin = end;
  }
  return lines.map((line) => line.trimEnd());
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

function cellWidth({ run }: TerminalTable): number {
  return run.options.repeat > 1 ? cellWidths.more : cellWidths.oneRepetition;
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
