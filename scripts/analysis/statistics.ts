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

/** The same where the hits are known only to be between two figures: from the one's lower to the other's upper end. */
export function clopperPearsonBetween(atLeast: number, atMost: number, trials: number): Bound | null {
  const low = clopperPearson(atLeast, trials);
  const high = clopperPearson(atMost, trials);
  if (low === null || high === null || atLeast === atMost) return low;
  return { kind: 'interval', lower: low.kind === 'upper' ? 0 : low.lower, upper: high.upper };
}

/** `hits` of `trials`. */
export interface Share {
  hits: number;
  trials: number;
}

/**
 * How often two samples of one population differ at least as much as these do: Fisher's exact test, two-sided (the sum of
 * all tables with the same margins that are no likelier). Throws RangeError unless 0 ≤ hits ≤ trials, both whole.
 */
export function fisherExact(first: Share, second: Share): number {
  for (const share of [first, second]) clopperPearson(share.hits, share.trials);
  const hits = first.hits + second.hits;
  const least = Math.max(0, hits - second.trials);
  const most = Math.min(hits, first.trials);
  const likelihood = (count: number): number =>
    Math.exp(
      logChoose(first.trials, count) +
        logChoose(second.trials, hits - count) -
        logChoose(first.trials + second.trials, hits),
    );
  const found = likelihood(first.hits);
  let sum = 0;
  for (let count = least; count <= most; count++) {
    const other = likelihood(count);
    // Equally likely ones may differ in the last digits.
    if (other <= found * (1 + 1e-9)) sum += other;
  }
  return Math.min(1, sum);
}

function logChoose(of: number, choose: number): number {
  let sum = 0;
  for (let index = 1; index <= choose; index++) sum += Math.log((of - choose + index) / index);
  return sum;
}

/**
 * Connections that end when so many of R pods are ended one after the other, with a surge of one, in multiples of the
 * connections open: those of an ended pod move to the pods that are left, of which some end later. For n of them
 * K = (1 + 1/R)^n − 1; a rolling restart ends all.
 */
export function connectionEndsPerRollout(replicas: number, terminations = replicas): number {
  return (1 + 1 / replicas) ** terminations - 1;
}
