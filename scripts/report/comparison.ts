import { columns, type Column, type Verdict } from '../analysis/judge.ts';
import { fisherExact, type Share } from '../analysis/statistics.ts';
import { causesOf, type Side } from './comparison-causes.ts';
import type { ColumnReport, RunReport } from './model.ts';

/** One cell of both tables. */
export interface ComparedCell {
  variant: string;
  scenario: string;
  column: Column;
  /** In the order of the runs. */
  sides: [ColumnReport, ColumnReport];
  /**
   * `agrees`: both lose something, or neither, or the column applies to neither. `chance`: only one loses, in so few
   * terminations that two runs on the same cluster may differ as much.
   */
  outcome: 'agrees' | 'differs' | 'chance';
  /** What the data show that may be why; empty where both agree. */
  causes: string[];
}

/** Two published runs held against each other. */
export interface Comparison {
  runs: [RunReport, RunReport];
  cells: ComparedCell[];
  /** Cells that only one of the runs measured, or that were not valid in both. */
  notCompared: number;
}

/** From here on a difference is taken for one of the clusters. */
const significance = 0.05;

/** Compares every cell that both runs measured validly. */
export function compareRuns(first: RunReport, second: RunReport): Comparison {
  const cells: ComparedCell[] = [];
  const seen = new Set<string>();
  let notCompared = 0;
  for (const place of [...placesOf(first), ...placesOf(second)]) {
    const key = `${place.variant} ${place.scenario} ${place.column}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const sides = [sideOf(first, place), sideOf(second, place)] as const;
    if (sides[0] === undefined || sides[1] === undefined) notCompared++;
    else cells.push(compareCell(place, [sides[0], sides[1]]));
  }
  return { runs: [first, second], cells, notCompared };
}

type Place = Pick<ComparedCell, 'variant' | 'scenario' | 'column'>;

function placesOf({ rows }: RunReport): Place[] {
  return rows.flatMap(({ variant, cells }) =>
    cells.flatMap(({ scenario, columns: found }) =>
      found === null ? [] : columns.map((column) => ({ variant, scenario, column })),
    ),
  );
}

function sideOf(run: RunReport, { variant, scenario, column }: Place): Side | undefined {
  const row = run.rows.find((candidate) => candidate.variant === variant);
  const cell = row?.cells.find((candidate) => candidate.scenario === scenario)?.columns?.[column];
  if (row === undefined || cell === undefined || cell.verdict === 'invalid') return undefined;
  return { run, row, cell };
}

function compareCell(place: Place, sides: [Side, Side]): ComparedCell {
  const cells: [ColumnReport, ColumnReport] = [sides[0].cell, sides[1].cell];
  const base = { ...place, sides: cells };
  if (answerOf(cells[0].verdict) === answerOf(cells[1].verdict)) {
    return { ...base, outcome: 'agrees', causes: [] };
  }
  const chance = chanceOf(cells);
  const outcome = chance !== undefined && chance >= significance ? 'chance' : 'differs';
  return { ...base, outcome, causes: causesOf(sides, place.column, chance) };
}

/** What a cell says of its server: whether it loses requests, however often. */
function answerOf(verdict: Verdict): 'loses' | 'no loss seen' | 'n/a' | 'invalid' {
  return verdict === 'loses sometimes' ? 'loses' : verdict;
}

/** How often two runs on one cluster differ as much; undefined where it is not a question of how often. */
function chanceOf([first, second]: [ColumnReport, ColumnReport]): number | undefined {
  if (first.verdict === 'n/a' || second.verdict === 'n/a') return undefined;
  return fisherExact(shareOf(first), shareOf(second));
}

/** A loss that fits no termination still shows that this happens. */
function shareOf({ terminations, terminationsWithLoss, lost }: ColumnReport): Share {
  return {
    hits: Math.min(terminations, Math.max(terminationsWithLoss, lost > 0 ? 1 : 0)),
    trials: terminations,
  };
}
