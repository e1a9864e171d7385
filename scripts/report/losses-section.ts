import type { Phase } from '../analysis/findings.ts';
import { columns } from '../analysis/judge.ts';
import { tallyText } from '../analysis/tally.ts';
import { boundText } from './figures.ts';
import type { RunReport } from './model.ts';

/** One line for each cell that lost something: kinds of loss, what the pod did then, in how many terminations. */
export function lossLines({ rows }: RunReport): string[] {
  return rows.flatMap(({ variant, cells }) =>
    cells.flatMap(({ scenario, columns: found, hiddenResends }) => {
      if (found === null) return [];
      const lines = columns.flatMap((name) => {
        const { lost, of, byClass, byPhase, terminations, terminationsWithLoss, bound } = found[name];
        if (lost === 0) return [];
        const share =
          bound === null
            ? ''
            : `; ${terminationsWithLoss} of ${terminations} terminations (${boundText(bound)})`;
        return [
          `${variant}, ${scenario}, ${name}: ${lost} of ${of}: ${tallyText(byClass)}; ${phaseText(byPhase)}${share}`,
        ];
      });
      if (hiddenResends > 0) {
        lines.push(
          `${variant}, ${scenario}, persistent GET: ${hiddenResends} resent by the client without telling; another client would have lost them`,
        );
      }
      return lines;
    }),
  );
}

/** What each repetition of a cell lost, where they differ; nothing in a run without repetitions. */
export function differingLines({ run, differing }: RunReport): string[] {
  if (run.options.repeat === 1) return [];
  if (differing.length === 0) return ['none: every cell lost in the same ways in all of its repetitions'];
  return differing.map(({ variant, scenario, column, classes }) => {
    const each = classes.map((names) => (names.length === 0 ? 'nothing' : names.join(' and ')));
    return `${variant}, ${scenario}, ${column}: ${each.join('; ')}`;
  });
}

/** Phases as a reader says them: what the pod did when the request reached it. */
const phaseWords: Record<Phase, string> = {
  starting: 'starting',
  serving: 'serving',
  deleted: 'in preStop',
  terminating: 'told to stop',
  draining: 'no longer listening',
  exited: 'gone',
  unknown: 'not known',
};

function phaseText(byPhase: Partial<Record<Phase, number>>): string {
  const words = Object.entries(byPhase).map(([phase, count]) => [phaseWords[phase as Phase], count]);
  return `the pod was ${tallyText(Object.fromEntries(words) as Record<string, number>)} when it was to answer`;
}
