import type { FailureClass, TrialFindings } from './findings.ts';
import { classesOf, columns, type Column } from './judge.ts';

/** One cell whose repetitions did not lose in the same ways. */
export interface DifferingCell {
  variant: string;
  scenario: string;
  column: Column;
  /** The classes of each valid repetition, sorted, in the order of the repetitions; empty for no loss. */
  classes: FailureClass[][];
}

/**
 * The cells in which valid repetitions of one trial lost requests of different classes, or only some lost
 * any. Counts are not compared: in a race they differ though nothing else does.
 */
export function differingCells(findings: readonly TrialFindings[]): DifferingCell[] {
  const repetitions = Map.groupBy(
    findings.filter(({ trial, invalid }) => trial.kind === 'restart' && invalid.length === 0),
    ({ trial }) => `${trial.variant} ${trial.scenario}`,
  );
  return [...repetitions.values()].flatMap((trials) =>
    columns.flatMap((column): DifferingCell[] => {
      const classes = trials
        .toSorted((a, b) => a.trial.repetition - b.trial.repetition)
        .map((trial) => classesOf(trial, column));
      const [first] = trials;
      if (first === undefined || new Set(classes.map(String)).size < 2) return [];
      const { variant, scenario } = first.trial;
      return [{ variant, scenario, column, classes }];
    }),
  );
}
