import { expect } from 'vitest';
import { populations, type LoadRecord } from '../../timeline/records.ts';
import { populationOf, type LoadTrial } from './load-trial.ts';

/**
 * Everything that k6 sent is in the records, once: ids without a gap, as many as k6 counted itself, and no end without
 * a beginning. What k6 dropped, as it does where the machine stands still, has no id.
 */
export function expectComplete(trial: LoadTrial): void {
  for (const population of populations) {
    const ids = trial.started.map(([, id]) => id).filter((id) => populationOf(id) === population);
    const numbers = ids
      .map((id) => Number(id.slice(population.length + 1)))
      // Two users that begin at nearly the same time may write in either order.
      .toSorted((one, other) => one - other);
    expect(numbers, population).toEqual(numbers.map((_, index) => index));
    // The script writes its line, then counts: the end may come between the two.
    expect([ids.length - 1, ids.length], population).toContain(countsOf(trial)[population].started);
  }
  const started = new Set(trial.started.map(([, id]) => id));
  expect(trial.ended.filter(([, id]) => !started.has(id))).toEqual([]);
  expect(new Set(trial.ended.map(([, id]) => id)).size).toBe(trial.ended.length);
}

/** What the toy was sent before this moment has been answered by it, all of it. */
export function expectAnswered(trial: LoadTrial, untilEpochMs: number): void {
  const asked = trial.started.flatMap(([, id, , epochMs]) => (epochMs < untilEpochMs ? [id] : []));
  const answered = trial.ended.flatMap(([, id, , status, , , pod, , , , , , matches]) =>
    status === 200 && pod === 'toy-1' && matches === 1 ? [id] : [],
  );
  expect(asked.length).toBeGreaterThan(0);
  expect(answered).toEqual(expect.arrayContaining(asked));
}

function countsOf(trial: LoadTrial): NonNullable<LoadRecord['counts']> {
  const last = trial.events.at(-1);
  if (last?.type !== 'load' || last.counts === undefined) throw new Error('there are no counts');
  return last.counts;
}
