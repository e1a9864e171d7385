import type { PodRecord, Sighting } from '../timeline/records.ts';
import { spanOf } from './span.ts';

/** How a pod ends, one step after the other. */
const endOfLife: readonly PodRecord['event'][] = [
  'deleted',
  'preStopBegan',
  'preStopEnded',
  'sigterm',
  'exited',
  'gone',
];

/**
 * The records of one pod in order of time. Where several watchers tell of its end, each only roughly, what must come
 * before bounds what must come after: a process that exited within the second from 12 s on and got SIGTERM at 12.7 s
 * exited after 12.7 s. Exact times are never changed.
 */
export function inOrder(records: readonly PodRecord[]): PodRecord[] {
  const events = records.toSorted((a, b) => a.atMs - b.atMs);
  const steps = endOfLife.map((step) => stepOf(events, step)).filter((record) => record !== undefined);
  if (steps.every(({ seen }) => seen === undefined)) return events;
  const bounded = boundEachOther(steps);
  return events
    .map((record) => bounded.get(record) ?? record)
    .sort((a, b) => a.atMs - b.atMs || endOfLife.indexOf(a.event) - endOfLife.indexOf(b.event));
}

/** Its record, if it belongs to the end: a container may have exited and begun again before the deletion. */
function stepOf(events: readonly PodRecord[], step: PodRecord['event']): PodRecord | undefined {
  if (step !== 'exited') return events.find(({ event }) => event === step);
  const deleted = events.find(({ event }) => event === 'deleted');
  const exited = events.findLast(({ event }) => event === 'exited');
  if (deleted === undefined || exited === undefined) return undefined;
  return spanOf(exited)[1] >= spanOf(deleted)[0] ? exited : undefined;
}

function boundEachOther(steps: readonly PodRecord[]): Map<PodRecord, PodRecord> {
  const earliest: number[] = [];
  const atLeast: number[] = [];
  for (const [index, step] of steps.entries()) {
    earliest.push(Math.max(spanOf(step)[0], earliest[index - 1] ?? -Infinity));
    atLeast.push(Math.max(step.atMs, atLeast[index - 1] ?? -Infinity));
  }
  const latest: number[] = [];
  for (const [index, step] of [...steps.entries()].reverse()) {
    latest[index] = Math.min(spanOf(step)[1], latest[index + 1] ?? Infinity);
  }
  return new Map(
    steps.flatMap((step, index) => {
      const bounds = { from: earliest[index] ?? NaN, to: latest[index] ?? NaN, atMs: atLeast[index] ?? NaN };
      return step.seen === undefined ? [] : [[step, narrowed(step, step.seen, bounds)]];
    }),
  );
}

/** Unless its neighbours leave nothing of its span: clocks that contradict each other bound nothing. */
function narrowed(
  record: PodRecord,
  seen: Sighting,
  { from, to, atMs }: { from: number; to: number; atMs: number },
): PodRecord {
  if (from > to) return record;
  return { ...record, atMs: Math.min(Math.max(atMs, from), to), seen: { ...seen, betweenMs: [from, to] } };
}
