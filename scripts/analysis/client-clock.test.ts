import { expect, test } from 'vitest';
import { life } from './testing/pods.ts';
import { analyseSmall, newConnection } from './testing/small-trial.ts';

const pods = [
  ...life('a', [
    [-2000, 'created'],
    [[2000, 2010], 'deleted'],
    [[2010, 2100], 'sigterm'],
    [2200, 'exited'],
  ]),
  ...life('b', [[[1500, 1520], 'created']], 'new'),
];
const answered = (atMs: number, pod: string) => ({ id: 'fresh-get-0', atMs, pod, timings: newConnection });

test.each([
  { name: 'while both were there', request: answered(1700, 'b'), text: undefined },
  { name: 'just after an exit, within the tolerance', request: answered(2204, 'a'), text: undefined },
  {
    name: 'long after its exit',
    request: answered(2240, 'a'),
    text: 'a answered a request of k6 40.0 ms after it had exited',
  },
  {
    name: 'before it was created',
    request: answered(1480, 'b'),
    text: 'b answered a request of k6 16.0 ms before it was created',
  },
  { name: 'a pod of which nothing is known', request: answered(2240, 'c'), text: undefined },
])('an answer $name', ({ request, text }) => {
  const { invalid } = analyseSmall({ pods, requests: [request] });
  const found = invalid.find(({ code }) => code === 'clocks-apart');
  if (text === undefined) expect(found).toBeUndefined();
  else expect(found?.text).toContain(text);
});

test('what the clock leaves unsure is no contradiction', () => {
  const clocks = [0, 20_000].map((atMs) => ({ atMs, offsetMs: 0, uncertaintyMs: 40 }));
  const { invalid } = analyseSmall({ pods, requests: [answered(2240, 'a')], clocks });
  expect(invalid.map(({ code }) => code)).not.toContain('clocks-apart');
});

test('a container that was started again answers again', () => {
  const restarted = life('a', [
    [-2000, 'created'],
    [1200, 'exited'],
    [1300, 'started'],
  ]);
  const { invalid } = analyseSmall({ pods: restarted, requests: [answered(1500, 'a')] });
  expect(invalid.map(({ code }) => code)).not.toContain('clocks-apart');
});
