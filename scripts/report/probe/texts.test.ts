import { describe, expect, test } from 'vitest';
import { actsText, countsText, evidenceText, exitText, momentsText, momentText } from './texts.ts';

test.each([
  [0, '+0.0'],
  [5.249, '+5.2'],
  [99.94, '+99.9'],
  [402.4, '+402'],
  [-99.72, '−99.7'],
  [-300.2, '−300'],
])('the moment %d is %s', (ms, text) => expect(momentText(ms)).toBe(text));

test.each([
  ['none', [], ''],
  ['none of what did not happen', [null, null], ''],
  ['one', [5.2], '+5.2'],
  ['several that read the same', [5.21, 5.19, null], '+5.2'],
  ['several', [5.4, -1, 7], '−1.0 to +7.0'],
])('moments: %s', (_, times, text) => expect(momentsText(times)).toBe(text));

test.each([
  [[null], 'never'],
  [[50, 50], '+50 ms'],
  [[0, 200, 100], '+0 to +200 ms'],
])('%j acts %s', (times, text) => expect(actsText(times)).toBe(text));

test.each([
  ['by itself', { atMs: 3.4, exitCode: 0, signal: null, killed: false }, 'exit code 0 at +3.4'],
  [
    'with the code of a signal',
    { atMs: 120.4, exitCode: 143, signal: null, killed: false },
    'exit code 143 (ended by SIGTERM) at +120',
  ],
  ['by a signal', { atMs: 1, exitCode: null, signal: 'SIGTERM', killed: false }, 'ended by SIGTERM at +1.0'],
  [
    'by the lab',
    { atMs: 15_001, exitCode: null, signal: 'SIGKILL', killed: true },
    'killed by the lab at +15001',
  ],
  ['not at all', { atMs: null, exitCode: null, signal: null, killed: false }, 'no exit seen'],
])('a process that ended %s', (_, exit, text) => expect(exitText(exit)).toBe(text));

describe('counts', () => {
  test('begin with the most frequent', () =>
    expect(countsText({ refused: 1, served: 12 })).toBe('12 served; 1 refused'));
  test('of nothing are a dash', () => expect(countsText({ served: 0 })).toBe('–'));
});

test.each([
  ['none', [], ''],
  ['one connection', ['busy-idle.1#3'], 'busy-idle.1 #3'],
  [
    'neighbours are joined, in whatever order',
    ['quiet-idle.1#2', 'quiet-idle.1#0', 'quiet-idle.2#7', 'quiet-idle.1#1', 'quiet-idle.1#5'],
    'quiet-idle.1 #0–#2, #5; quiet-idle.2 #7',
  ],
])('evidence: %s', (_, evidence, text) => expect(evidenceText(evidence)).toBe(text));
