import { readFile } from 'node:fs/promises';
import { populations, type LoadRecord, type Population } from '../timeline/records.ts';

type Counts = NonNullable<LoadRecord['counts']>;

/** k6's own counts of requests started and dropped; undefined when k6 could not write them. */
export async function readCounts(file: string): Promise<Counts | undefined> {
  try {
    return asCounts(JSON.parse(await readFile(file, 'utf8')));
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
