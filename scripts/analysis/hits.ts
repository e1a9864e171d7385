import type { Population } from '../timeline/records.ts';
import type { Loss, Termination } from './findings.ts';

type Ended = Pick<Termination, 'pod' | 'deletedMs' | 'betweenMs'>;

/** True when the pod that lost the request was being terminated when the failure was seen. */
export function belongsTo(loss: Loss, { pod, deletedMs, betweenMs }: Ended): boolean {
  return loss.pod === pod && latestFailureMs(loss) >= (betweenMs?.deletedMs?.[0] ?? deletedMs);
}

/** True also when another pod may have lost it instead. */
export function mayBelongTo(loss: Loss, termination: Ended): boolean {
  return (loss.candidates?.includes(termination.pod) ?? false) || belongsTo(loss, termination);
}

function latestFailureMs({ failedMs, betweenMs }: Loss): number {
  return betweenMs?.failed[1] ?? failedMs;
}

/**
 * In how many terminations something of these populations was lost. Both figures are the same unless losses may
 * belong to several pods. At least: besides the pods that are known, one for each of those losses that shares no
 * candidate with another one counted. At most: every candidate, but no more than one for each of those losses.
 */
export function terminationsHit(
  { terminations, losses }: { terminations: readonly Termination[]; losses: readonly Loss[] },
  populations: readonly Population[],
): { atLeast: number; atMost: number } {
  const known = terminations
    .filter(({ lost }) => populations.some((population) => (lost[population] ?? 0) > 0))
    .map(({ pod }) => pod);
  const open = losses.flatMap(({ population, candidates }) =>
    candidates !== undefined && populations.includes(population) ? [candidates] : [],
  );
  const counted = new Set(known);
  let atLeast = known.length;
  for (const candidates of open.toSorted((a, b) => a.length - b.length)) {
    if (candidates.some((pod) => counted.has(pod))) continue;
    atLeast++;
    for (const pod of candidates) counted.add(pod);
  }
  const possible = new Set([...known, ...open.flat()]);
  return { atLeast, atMost: Math.min(possible.size, known.length + open.length) };
}
