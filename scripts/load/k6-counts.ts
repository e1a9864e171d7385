import { populations, type LoadRecord, type Population } from '../timeline/records.ts';

/** k6's own counts of requests started and dropped. */
export type Counts = NonNullable<LoadRecord['counts']>;

const mark = '["counts",';

/**
 * Reads the line that the script writes when k6 ends in order: the last one, so that with it all records are there.
 * Undefined for any other line and for one that is not whole.
 */
export function readCounts(line: string): Counts | undefined {
  if (!line.startsWith(mark)) return undefined;
  try {
    const [, counts] = JSON.parse(line) as unknown[];
    return asCounts(counts);
  } catch {
    return undefined;
  }
}

function asCounts(value: unknown): Counts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = new Map(Object.entries(value));
  const counts: Partial<Record<Population, { started: number; dropped: number }>> = {};
  for (const population of populations) {
    const count: unknown = found.get(population);
    if (!isCount(count)) return undefined;
    counts[population] = { started: count.started, dropped: count.dropped };
  }
  return counts as Counts;
}

function isCount(value: unknown): value is { started: number; dropped: number } {
  if (typeof value !== 'object' || value === null) return false;
  if (!('started' in value) || !('dropped' in value)) return false;
  return typeof value.started === 'number' && typeof value.dropped === 'number';
}
