import type { Sighting } from '../timeline/records.ts';

/** Trial time in which something happened; both ends included, the same where it is exact. */
export type Span = readonly [earliestMs: number, latestMs: number];

/** When something happened of which a record tells. */
export function spanOf({ atMs, seen }: { atMs: number; seen?: Sighting }): Span {
  return seen?.betweenMs ?? [atMs, atMs];
}

/** How long it was from one to the other, at least and at most. */
export function spanBetween([fromEarliestMs, fromLatestMs]: Span, [toEarliestMs, toLatestMs]: Span): Span {
  return [toEarliestMs - fromLatestMs, toLatestMs - fromEarliestMs];
}
