import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PodRecord } from '../timeline/records.ts';
import { inOrder } from './pod-order.ts';
import { spanOf } from './span.ts';
import { life, type When } from './testing/pods.ts';

type Steps = [When, PodRecord['event']][];

test.each<{ name: string; steps: Steps; found: [PodRecord['event'], number, number][] }>([
  {
    name: 'an exit known to a second is behind an exact SIGTERM',
    steps: [
      [100, 'deleted'],
      [[0, 1000], 'exited'],
      [700, 'sigterm'],
    ],
    found: [
      ['deleted', 100, 100],
      ['sigterm', 700, 700],
      ['exited', 700, 1000],
    ],
  },
  {
    name: 'a deletion that was heard of late is before an exact exit',
    steps: [
      [[50, 400], 'deleted'],
      [[60, 310], 'sigterm'],
      [200, 'exited'],
    ],
    found: [
      ['deleted', 50, 200],
      ['sigterm', 60, 200],
      ['exited', 200, 200],
    ],
  },
  {
    name: 'exact times stay in the order in which they are',
    steps: [
      [200, 'exited'],
      [100, 'sigterm'],
      [50, 'deleted'],
    ],
    found: [
      ['deleted', 50, 50],
      ['sigterm', 100, 100],
      ['exited', 200, 200],
    ],
  },
  {
    name: 'an exit before the deletion belongs to another container',
    steps: [
      [[10, 20], 'exited'],
      [[30, 40], 'started'],
      [[100, 120], 'deleted'],
    ],
    found: [
      ['exited', 10, 20],
      ['started', 30, 40],
      ['deleted', 100, 120],
    ],
  },
  {
    name: 'times that contradict each other bound nothing',
    steps: [
      [[500, 600], 'sigterm'],
      [300, 'exited'],
      [[100, 200], 'deleted'],
    ],
    found: [
      ['deleted', 100, 200],
      ['exited', 300, 300],
      ['sigterm', 500, 600],
    ],
  },
])('$name', ({ steps, found }) => {
  expect(inOrder(life('a', steps)).map((record) => [record.event, ...spanOf(record)])).toEqual(found);
});

test('what truly happened stays possible, and estimates are in order', () => {
  const steps = ['deleted', 'preStopBegan', 'preStopEnded', 'sigterm', 'exited', 'gone'] as const;
  const truth = fc.array(fc.nat(1000), { minLength: steps.length, maxLength: steps.length });
  const around = fc.array(fc.tuple(fc.nat(300), fc.nat(300)), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(truth, around, (times, blur) => {
      const exact = times.toSorted((a, b) => a - b);
      const records = life(
        'a',
        steps.map((step, index) => {
          const [before = 0, after = 0] = blur[index] ?? [];
          const at = exact[index] ?? 0;
          return [[at - before, at + after], step] as const;
        }),
      );
      const ordered = inOrder(records);
      expect(ordered.map(({ event }) => event)).toEqual(steps);
      for (const [index, record] of ordered.entries()) {
        const [earliest, latest] = spanOf(record);
        expect(earliest).toBeLessThanOrEqual(exact[index]!);
        expect(latest).toBeGreaterThanOrEqual(exact[index]!);
        expect(record.atMs).toBeGreaterThanOrEqual(earliest);
        expect(record.atMs).toBeLessThanOrEqual(latest);
      }
    }),
  );
});
