import type { Population } from '../timeline/records.ts';
import type { FailureClass, Loss, TrialFindings } from './findings.ts';
import { terminationsHit } from './hits.ts';
import { clopperPearsonBetween, type Bound } from './statistics.ts';
import { tally } from './tally.ts';

export const columns = ['fresh', 'persistent'] as const;
/** One question of the table: new connections, or connections that stay open. */
export type Column = (typeof columns)[number];

/** POST is the judge of persistent connections: a GET that was lost there is resent without telling. */
export const populationsOf: Readonly<Record<Column, readonly Population[]>> = {
  fresh: ['fresh-get', 'fresh-post'],
  persistent: ['persistent-post'],
};

export type Verdict = 'no loss seen' | 'loses' | 'loses sometimes' | 'invalid' | 'n/a';

/** What all repetitions of one variant in one scenario say of one column. Counts are those of valid trials. */
export interface Judgement {
  verdict: Verdict;
  lost: number;
  /** Requests started from the beginning of the rollout to the stop of the load, without the censored. */
  of: number;
  terminations: number;
  terminationsWithLoss: number;
  /** When so many may have been: of some losses only several pods are known. Missing when they are just as many. */
  terminationsWithLossAtMost?: number;
  mainClass: FailureClass | null;
  byClass: Partial<Record<FailureClass, number>>;
  /** What belongs to the server, and what to the moment: a class that not every repetition lost. */
  classes: ClassesOfRepetitions;
  /** Share of terminations that lose something; null without terminations. */
  bound: Bound | null;
  repetitions: { valid: number; withLoss: number; all: number };
  /** Why trials were invalid, or why the column does not apply. */
  reasons: string[];
}

/** Classes of loss by how many valid repetitions had them, most frequent first. */
export interface ClassesOfRepetitions {
  /** In each of them. */
  always: FailureClass[];
  /** In some, but not in all. */
  sometimes: FailureClass[];
}

/**
 * Judges the repetitions of one variant in one scenario. `loses`: in every valid repetition; `loses
 * sometimes`: in some. `n/a` under persistent when in every valid repetition each such connection carried
 * exactly one request: a server that closes after each answer has no persistent connections to lose.
 */
export function judge(findings: readonly TrialFindings[]): Record<Column, Judgement> {
  return { fresh: judgeColumn(findings, 'fresh'), persistent: judgeColumn(findings, 'persistent') };
}

function judgeColumn(findings: readonly TrialFindings[], column: Column): Judgement {
  const valid = findings.filter(({ invalid }) => invalid.length === 0);
  const populations = populationsOf[column];
  const losses = valid.map((trial) => lossesOf(trial, column));
  const all = losses.flat();
  const byClass = tally(all, (loss) => loss.class);
  const terminations = valid.reduce((sum, trial) => sum + trial.terminations.length, 0);
  const hits = valid.map((trial) => terminationsHit(trial, populations));
  const atLeast = hits.reduce((sum, hit) => sum + hit.atLeast, 0);
  const atMost = hits.reduce((sum, hit) => sum + hit.atMost, 0);
  const withLoss = losses.filter((list) => list.length > 0).length;
  const withoutKeepAlive =
    column === 'persistent' && valid.length > 0 && valid.every(({ keepAlive }) => keepAlive === false);
  return {
    verdict: withoutKeepAlive ? 'n/a' : verdictOf(valid.length, withLoss),
    lost: all.length,
    of: valid.reduce((sum, trial) => sum + exposedIn(trial, populations), 0),
    terminations,
    terminationsWithLoss: atLeast,
    ...(atMost > atLeast && { terminationsWithLossAtMost: atMost }),
    mainClass: byFrequency(byClass)[0] ?? null,
    byClass,
    classes: splitByOccurrence(
      byFrequency(byClass),
      valid.map((trial) => classesOf(trial, column)),
    ),
    bound: clopperPearsonBetween(atLeast, atMost, terminations),
    repetitions: { valid: valid.length, withLoss, all: findings.length },
    reasons: [
      ...(withoutKeepAlive ? ['every connection carried exactly one request'] : []),
      ...findings.flatMap(({ trial, invalid }) => invalid.map(({ text }) => `${trial.id}: ${text}`)),
    ],
  };
}

function verdictOf(valid: number, withLoss: number): Verdict {
  if (valid === 0) return 'invalid';
  if (withLoss === 0) return 'no loss seen';
  return withLoss === valid ? 'loses' : 'loses sometimes';
}

/** The losses of a trial that its column is judged by. */
export function lossesOf({ losses }: TrialFindings, column: Column): Loss[] {
  return losses.filter(({ population }) => populationsOf[column].includes(population));
}

/** The classes that a trial lost in a column, sorted by name; empty for no loss. */
export function classesOf(trial: TrialFindings, column: Column): FailureClass[] {
  return [...new Set(lossesOf(trial, column).map((loss) => loss.class))].sort();
}

function splitByOccurrence(
  classes: readonly FailureClass[],
  repetitions: readonly FailureClass[][],
): ClassesOfRepetitions {
  const isInAll = (name: FailureClass) => repetitions.every((names) => names.includes(name));
  return {
    always: classes.filter(isInAll),
    sometimes: classes.filter((name) => !isInAll(name)),
  };
}

function exposedIn(trial: TrialFindings, populations: readonly Population[]): number {
  return populations.reduce((sum, population) => sum + trial.populations[population].exposed, 0);
}

/** Most frequent first; of two that are equally frequent, the one that was seen first. */
function byFrequency(byClass: Partial<Record<FailureClass, number>>): FailureClass[] {
  const entries = Object.entries(byClass) as [FailureClass, number][];
  return entries.sort(([, a], [, b]) => b - a).map(([name]) => name);
}
