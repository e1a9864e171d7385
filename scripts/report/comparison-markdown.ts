import { markdownTable } from 'markdown-table';
import { clusterText } from './cluster-section.ts';
import type { ComparedCell, Comparison } from './comparison.ts';
import { delayOf, delayText } from './delay.ts';
import { lossText } from './figures.ts';
import { escapeCell, escapeText, list } from './markdown-text.ts';
import type { RunReport } from './model.ts';

/** The comparison as a document; `explanations` is what people wrote about it, with its figures. */
export function renderComparison(
  comparison: Comparison,
  explanations: { text: string; explains: (cell: ComparedCell) => boolean },
): string {
  const of = (outcome: ComparedCell['outcome']) =>
    comparison.cells.filter((cell) => cell.outcome === outcome);
  const [differing, byChance, agreeing] = [of('differs'), of('chance'), of('agrees')];
  const { text, explains } = explanations;
  return [
    `# ${titleOf(comparison)}`,
    `${summaryOf(comparison)} Two cells agree when both lose something, or neither does, or the column applies to neither; how much is lost may differ.`,
    list(comparison.runs.map(runText)),
    ...section(
      'Where they differ',
      differing.length === 0 ? 'Nowhere.' : tableOf(comparison, differing, explains),
    ),
    ...(differing.length === 0 ? [] : [causesText(differing)]),
    ...section('Why', text.trim()),
    ...section(
      'Where one run is not enough to tell',
      byChance.length === 0 ? '' : `${tableOf(comparison, byChance)}\n\n${causesText(byChance)}`,
    ),
    ...section('Where they agree', agreeing.length === 0 ? 'Nowhere.' : tableOf(comparison, agreeing)),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The same in a paragraph and, where they differ, a list. */
export function renderShortComparison(comparison: Comparison): string {
  const [first, second] = names(comparison);
  const differing = comparison.cells.filter(({ outcome }) => outcome === 'differs');
  const link = '[results/comparison.md](results/comparison.md)';
  const where =
    differing.length === 0
      ? `${link} has all cells.`
      : `They differ here; ${link} has what the data say to that:`;
  return [
    `${titleOf(comparison)}: ${summaryOf(comparison)} ${where}`,
    ...(differing.length === 0
      ? []
      : [
          differing
            .map(({ variant, scenario, column, sides }) => {
              const [one, other] = sides.map(lossText);
              return `- \`${variant}\`, ${scenario}, ${column}: ${one} on ${first}, ${other} on ${second}`;
            })
            .join('\n'),
        ]),
  ].join('\n\n');
}

function titleOf(comparison: Comparison): string {
  return `Results on ${names(comparison).join(' and on ')} compared`;
}

function names({ runs }: Comparison): [string, string] {
  const [first, second] = runs.map(({ run }) => clusterText({ ...run.cluster, kubernetes: null }));
  return [first ?? '', second ?? ''];
}

function summaryOf({ cells, notCompared }: Comparison): string {
  const count = (outcome: ComparedCell['outcome']) => cells.filter((cell) => cell.outcome === outcome).length;
  const others =
    notCompared === 0 ? '' : ` ${notCompared} more were not valid in both, or not measured in both.`;
  return `${cells.length} cells (variant, scenario, kind of connection) were measured on both. The clusters agree in ${count('agrees')} and differ in ${count('differs')}; in ${count('chance')} only one run saw a loss, no more often than chance allows.${others}`;
}

function runText(report: RunReport): string {
  const { id, started, cluster, options } = report.run;
  const [day = ''] = started.split('T');
  const repetitions = `${options.repeat} ${options.repeat === 1 ? 'repetition' : 'repetitions'}`;
  return `${clusterText(cluster)}: run ${id} of ${day}, ${repetitions}, ${options.ratePerSecond} requests/s; propagation delay ${delayText(delayOf(report))}`;
}

function tableOf(
  comparison: Comparison,
  cells: readonly ComparedCell[],
  explains?: (cell: ComparedCell) => boolean,
): string {
  const explained = explains === undefined ? [] : ['Explained'];
  const lines = cells.map((cell) => [
    `\`${cell.variant}\``,
    cell.scenario,
    cell.column,
    ...cell.sides.map((side) => escapeCell(lossText(side))),
    ...(explains === undefined ? [] : [explains(cell) ? 'below' : 'not yet']),
  ]);
  return markdownTable([
    ['Variant', 'Scenario', 'Connections', ...names(comparison), ...explained],
    ...lines,
  ]);
}

/** What the data show, cell by cell. */
function causesText(cells: readonly ComparedCell[]): string {
  const lines = cells.flatMap(({ variant, scenario, column, causes }) => [
    `- \`${variant}\`, ${scenario}, ${column}:`,
    ...causes.map((cause) => `  - ${escapeText(cause)}`),
  ]);
  return ['What the data show that may be why:', lines.join('\n')].join('\n\n');
}

function section(title: string, text: string): string[] {
  return text === '' ? [] : [`## ${title}`, text];
}
