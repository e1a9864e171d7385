import type { EndpointRecord, PodRecord } from '../../timeline/records.ts';

/** When a step was taken: exactly, or in a span. */
export type When = number | readonly [earliestMs: number, latestMs: number];

function timeOf(when: When): Pick<PodRecord, 'atMs' | 'seen'> {
  if (typeof when === 'number') return { atMs: when };
  const [earliest, latest] = when;
  return { atMs: latest, seen: { source: 'watch', arrivedMs: latest, betweenMs: [earliest, latest] } };
}

/** Records of the life of one pod. */
export function life(
  pod: string,
  steps: readonly (readonly [When, PodRecord['event']])[],
  revision: 'old' | 'new' = 'old',
): PodRecord[] {
  return steps.map(([when, event]) => ({ type: 'pod', pod, event, revision, ...timeOf(when) }));
}

/** The endpoint of a pod was removed. */
export function removed(pod: string, when: When): EndpointRecord {
  return { type: 'endpoint', pod, event: 'removed', ...timeOf(when) };
}
