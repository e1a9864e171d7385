import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { limitTo, makeGate } from './turns.ts';

test('so many are let in at a time, and one for each that makes room', async () => {
  const enter = limitTo(2);
  let inside = 0;
  let most = 0;
  const entered: number[] = [];
  await Promise.all(
    [0, 1, 2, 3, 4].map(async (number) => {
      const leave = await enter();
      inside += 1;
      most = Math.max(most, inside);
      entered.push(number);
      await sleep(5);
      inside -= 1;
      leave();
      // A second call makes no more room.
      leave();
    }),
  );
  expect({ most, entered }).toEqual({ most: 2, entered: [0, 1, 2, 3, 4] });
});

test('nobody passes before all have come or left', async () => {
  const gate = makeGate(3, 0, new AbortController().signal);
  const passed: string[] = [];
  const first = gate.pass().then(() => passed.push('first'));
  const second = gate.pass().then(() => passed.push('second'));
  await sleep(30);
  expect(passed).toEqual([]);
  gate.leave();
  await Promise.all([first, second]);
  expect(passed).toEqual(['first', 'second']);
});

test('they pass apart', async () => {
  const beganMs = performance.now();
  const gate = makeGate(3, 40, new AbortController().signal);
  const times = await Promise.all([0, 1, 2].map(() => gate.pass().then(() => performance.now() - beganMs)));
  // Timers of Node may be a millisecond early.
  expect(times[1]).toBeGreaterThanOrEqual(39);
  expect(times[2]).toBeGreaterThanOrEqual(78);
});

test.each([
  ['before', true],
  ['while they wait', false],
])('an abort %s lets everybody pass', async (_, before) => {
  const stop = new AbortController();
  if (before) stop.abort();
  const gate = makeGate(5, 60_000, stop.signal);
  const waiting = Promise.all([gate.pass(), gate.pass()]);
  stop.abort();
  await waiting;
});
