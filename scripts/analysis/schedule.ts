import { quantileSorted } from 'd3-array';
import type { Population } from '../timeline/records.ts';
import type { Request } from './requests.ts';

/** Starts of one population against its grid: one tick every 1000 / rate milliseconds. */
export interface Schedule {
  /** Ticks between the first and the last start. */
  planned: number;
  /** Of every request, how much later it began than the most punctual one. */
  lagsMs: Float64Array;
}

/** At each end, the most punctual start within this time stands for the grid: a late one is no lost tick. */
const edgeMs = 1000;

/**
 * Places the starts of a population (by iteration) on k6's grid. k6's iteration number skips ticks that it
 * dropped, so every tick lost moves all later starts by one interval against their numbers; that shift
 * between the first and the last second is what was planned and not started.
 */
export function scheduleOf(
  byIteration: readonly (Pick<Request, 'startMs' | 'iteration'> | undefined)[],
  ratePerSecond: number,
): Schedule {
  const requests = byIteration.filter((request) => request !== undefined);
  const first = requests.at(0);
  const last = requests.at(-1);
  if (first === undefined || last === undefined || ratePerSecond <= 0) {
    return { planned: 0, lagsMs: new Float64Array() };
  }
  const intervalMs = 1000 / ratePerSecond;
  const offsets = Float64Array.from(requests, ({ startMs, iteration }) => startMs - iteration * intervalMs);
  let atFirst = Infinity;
  let atLast = Infinity;
  let least = Infinity;
  for (const { startMs, iteration } of requests) {
    const offset = startMs - iteration * intervalMs;
    least = Math.min(least, offset);
    if (startMs <= first.startMs + edgeMs) atFirst = Math.min(atFirst, offset);
    if (startMs >= last.startMs - edgeMs) atLast = Math.min(atLast, offset);
  }
  const lost = Math.round((atLast - atFirst) / intervalMs);
  return {
    planned: last.iteration - first.iteration + 1 + lost,
    lagsMs: offsets.map((offset) => offset - least),
  };
}

/** 99th percentile and maximum of the lags of all populations; null without requests. */
export function summariseLags(schedules: Record<Population, Schedule>): {
  p99Ms: number | null;
  maxMs: number | null;
} {
  const parts = Object.values(schedules).map(({ lagsMs }) => lagsMs);
  const lags = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let from = 0;
  for (const part of parts) {
    lags.set(part, from);
    from += part.length;
  }
  lags.sort();
  // Its types want an array of numbers; it only reads by index.
  const p99Ms = quantileSorted(lags as unknown as number[], 0.99);
  return { p99Ms: p99Ms ?? null, maxMs: lags.at(-1) ?? null };
}
