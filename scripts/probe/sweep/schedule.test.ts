import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { monotonicMs } from '../../support/clock.ts';
import { keepAppointments } from './schedule.ts';

test('appointments are kept in the order of their moments, none too early', async () => {
  const beginMs = monotonicMs();
  const kept: { planned: number; actual: number }[] = [];
  const offsets = [30, 5, 12, 12, 29.5, 0, -3];
  await keepAppointments(
    offsets.map((planned) => ({
      atMs: beginMs + planned,
      act: () => kept.push({ planned, actual: monotonicMs() - beginMs }),
    })),
  );
  expect(kept.map(({ planned }) => planned)).toEqual(offsets.toSorted((one, other) => one - other));
  for (const { planned, actual } of kept) expect(actual).toBeGreaterThanOrEqual(planned);
});

test('between two of them the event loop turns', async () => {
  const beginMs = monotonicMs();
  let turned = 0;
  void sleep(1).then(() => turned++);
  setImmediate(() => turned++);
  await keepAppointments([
    { atMs: beginMs, act: () => undefined },
    { atMs: beginMs + 30, act: () => expect(turned).toBe(2) },
  ]);
});

test('what is prepared is followed by a turn of the event loop before it is kept, also when all is late', async () => {
  const beginMs = monotonicMs();
  const seen: string[] = [];
  await keepAppointments(
    ['a', 'b', 'c'].map((name, index) => ({
      atMs: beginMs - 10 + index,
      prepare: () => {
        seen.push(`prepare ${name}`);
        setImmediate(() => seen.push(`turn ${name}`));
      },
      act: () => seen.push(`keep ${name}`),
    })),
  );
  for (const name of ['a', 'b', 'c']) {
    const order = ['prepare', 'turn', 'keep'].map((step) => seen.indexOf(`${step} ${name}`));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  }
});

test('nothing to do is done at once', async () => {
  await keepAppointments([]);
});
