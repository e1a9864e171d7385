import type { TrialFindings } from './findings.ts';
import { populationsOf, type Column } from './judge.ts';
import { connectionEndsPerRollout } from './statistics.ts';

/** What the chance to see a loss depends on, of one rolling restart. */
export type PowerConditions = Pick<TrialFindings, 'replicas' | 'conditions'>;

/** With so many losses expected, 95 % of the time at least one is seen: e^-mu = 0.05. */
const expectedLosses = Math.log(20);

/**
 * The shortest time w after SIGTERM in which each pod may lose whatever reaches it, so that the load of these
 * rolling restarts together loses at least one request with 95 %. Milliseconds; null where no time is long enough.
 *
 * Expected are mu = K·r·w losses in a restart with r requests per second. Persistent connections of an ended pod
 * move to others that end later: K = (1 + 1/R)^R − 1 for R replicas. So N equal restarts see w = ln 20 / (K·r·N);
 * one with R = 5 and 50/s sees 40 ms (Poisson; k6 sends evenly, which misses less). The reckoning takes w to be
 * shorter than the time between two uses of one connection; a longer one is hit by every connection of the pod.
 * Of new connections each replica that ends gets the share 1/(R + 1) of its endpoints, so there K = R/(R + 1), as
 * long as the Service still has the pod: a window that lasts longer is not hit more often.
 */
export function smallestWindowSeenMs(restarts: readonly PowerConditions[], column: Column): number | null {
  const perSecond = restarts.reduce((sum, restart) => sum + exposurePerSecond(restart, column), 0);
  const windowMs = (expectedLosses / perSecond) * 1000;
  const longestMs = Math.min(...restarts.map((restart) => exposedMs(restart, column)));
  return perSecond > 0 && windowMs <= longestMs ? windowMs : null;
}

/** True where the shortest time cannot be reckoned, because nobody knows how long new connections go on to come. */
export function isWindowUnknown(restarts: readonly PowerConditions[], column: Column): boolean {
  return column === 'fresh' && restarts.some(({ conditions }) => conditions.propagationDelayMs === null);
}

/** How long after SIGTERM requests of this column may still reach the pod; 0 where nobody knows. */
function exposedMs({ conditions }: PowerConditions, column: Column): number {
  if (column === 'persistent') return Infinity;
  const { propagationDelayMs, preStopMs } = conditions;
  return propagationDelayMs === null ? 0 : propagationDelayMs - preStopMs;
}

/** Losses expected of one restart for each second of the window. */
function exposurePerSecond({ replicas, conditions }: PowerConditions, column: Column): number {
  const rate = populationsOf[column].reduce(
    (sum, population) => sum + conditions.ratePerSecond[population],
    0,
  );
  const { terminations = replicas } = conditions;
  return (
    rate *
    (column === 'persistent'
      ? connectionEndsPerRollout(replicas, terminations)
      : terminations / (replicas + 1))
  );
}
