import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

/**
 * What `hits` of `trials` independent trials say of the true share, at 95 %, by Clopper and Pearson (1934):
 * an upper bound when nothing was hit, else an interval.
 */
export type Bound = { kind: 'upper'; upper: number } | { kind: 'interval'; lower: number; upper: number };

const confidence = 0.95;

/** Null without trials. Throws RangeError unless 0 ≤ hits ≤ trials, both whole. */
export function clopperPearson(hits: number, trials: number): Bound | null {
  if (!Number.isInteger(hits) || !Number.isInteger(trials) || hits < 0 || hits > trials) {
    throw new RangeError(`expected whole numbers with 0 ≤ hits ≤ trials, found ${hits} of ${trials}`);
  }
  if (trials === 0) return null;
  if (hits === 0) return { kind: 'upper', upper: betaQuantile(confidence, 1, trials) };
  const tail = (1 - confidence) / 2;
  return {
    kind: 'interval',
    lower: betaQuantile(tail, hits, trials - hits + 1),
    upper: hits === trials ? 1 : betaQuantile(1 - tail, hits + 1, trials - hits),
  };
}

/**
 * Connections that end in one rolling restart, in multiples of the connections open: those of an ended pod
 * move to the pods that are left, of which some end later. K = (1 + 1/R)^R − 1 for R replicas with a surge
 * of one.
 */
export function connectionEndsPerRollout(replicas: number): number {
  return (1 + 1 / replicas) ** replicas - 1;
}
