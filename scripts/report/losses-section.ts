import type { Phase } from '../analysis/findings.ts';
import { columns } from '../analysis/judge.ts';
import { tallyText } from '../analysis/tally.ts';
import { boundText, hitsText } from './figures.ts';
import type { RunReport } from './model.ts';

/** One line for each cell that lost something: kinds of loss, what the pod did then, in how many terminations. */
export function lossLines({ rows, run }: RunReport): string[] {
  // Where nobody watched connections, a resend shows only by the other pod that answers.
  const atLeast = run.cluster.name === 'embedded' ? '' : 'at least ';
  return rows.flatMap(({ variant, cells }) =>
    cells.flatMap(({ scenario, columns: found, hiddenResends }) => {
      if (found === null) return [];
      const lines = columns.flatMap((name) => {
        const { lost, of, byClass, byPhase, bound } = found[name];
        if (lost === 0) return [];
        const share = bound === null ? '' : `; ${hitsText(found[name])} terminations (${boundText(bound)})`;
        return [
          `${variant}, ${scenario}, ${name}: ${lost} of ${of}: ${tallyText(byClass)}; ${phaseText(byPhase)}${share}`,
        ];
      });
      if (hiddenResends > 0) {
        lines.push(
          `${variant}, ${scenario}, persistent GET: ${atLeast}${hiddenResends} resent by the client without telling; another client would have lost them`,
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
export const phaseWords: Record<Phase, string> = {
  starting: 'starting',
  serving: 'serving',
  deleted: 'about to be told to stop',
  terminating: 'told to stop',
  draining: 'no longer listening',
  exited: 'gone',
  ambiguous: 'in one of several phases',
  unknown: 'not known',
};

/** `the pod was 3 told to stop, 1 gone when it was to answer`. */
export function phaseText(byPhase: Partial<Record<Phase, number>>): string {
  const words = Object.entries(byPhase).map(([phase, count]) => [phaseWords[phase as Phase], count]);
  return `the pod was ${tallyText(Object.fromEntries(words) as Record<string, number>)} when it was to answer`;
}
