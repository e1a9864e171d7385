import type { FailureClass } from '../analysis/findings.ts';
import type { Column } from '../analysis/judge.ts';
import { tallyText } from '../analysis/tally.ts';
import { clusterText } from './cluster-section.ts';
import { delayOf, delayText } from './delay.ts';
import { exitsText, hitsText, percent } from './figures.ts';
import { phaseText } from './losses-section.ts';
import type { ColumnReport, RowReport, RunReport } from './model.ts';

/** A cell, and where it stands. */
export interface Side {
  run: RunReport;
  row: RowReport;
  cell: ColumnReport;
}

/** How a new connection fails that is sent to a pod which no longer listens. */
const dialClasses: readonly FailureClass[] = ['refused', 'unreachable', 'timeout'];

/**
 * What the data of both runs show that may be why one loses and the other does not, in sentences. Which of them is the
 * reason is for people to find out.
 */
export function causesOf(sides: [Side, Side], column: Column, chance: number | undefined): string[] {
  return [
    chanceCause(sides, chance),
    ...sides.map(lossCause),
    delayCause(sides, column),
    differing(sides, 'requests/s', ratesText),
    differing(sides, 'version', ({ row }) => row.version),
    differing(sides, 'strategy by the probe', ({ row }) => row.probe?.strategy),
    differing(sides, 'exit of the pods', ({ row }) => exitsText(row.exits)),
    differing(sides, 'pods as PID 1', ({ run }) => (run.run.cluster.pid1 ? 'yes' : 'no')),
  ].filter((cause) => cause !== undefined);
}

function chanceCause([first, second]: [Side, Side], chance: number | undefined): string | undefined {
  if (chance === undefined) return undefined;
  const counts = `${hitsText(first.cell)} and ${hitsText(second.cell)} terminations`;
  return `chance: ${counts}; of two runs on one cluster ${percent(chance)} would differ at least as much (Fisher's exact test)`;
}

/** What was lost, and what the pods did then. */
function lossCause(side: Side): string | undefined {
  const { lost, byClass, byPhase } = side.cell;
  if (lost === 0) return undefined;
  return `phase: on ${nameOf(side)} ${tallyText(byClass)}; ${phaseText(byPhase)}`;
}

function delayCause(sides: [Side, Side], column: Column): string | undefined {
  const isDialled = sides.some(({ cell }) => dialClasses.some((name) => cell.byClass[name] !== undefined));
  if (column === 'persistent' && !isDialled) return undefined;
  return differing(sides, 'propagation delay', ({ run }) => delayText(delayOf(run)));
}

function ratesText({ cell, run }: Side): string {
  return cell.otherRates.length === 0 ? String(run.run.options.ratePerSecond) : cell.otherRates.join(' and ');
}

/** Undefined where both are the same, or one of them is not known. */
function differing(
  [first, second]: [Side, Side],
  what: string,
  textOf: (side: Side) => string | undefined,
): string | undefined {
  const texts = [textOf(first), textOf(second)] as const;
  if (texts[0] === undefined || texts[1] === undefined || texts[0] === texts[1]) return undefined;
  return `${what}: ${texts[0]} on ${nameOf(first)}, ${texts[1]} on ${nameOf(second)}`;
}

function nameOf({ run }: Side): string {
  return clusterText({ ...run.run.cluster, kubernetes: null });
}
