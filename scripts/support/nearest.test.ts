import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  { name: 'one letter missing', wrong: 'expres', found: 'express' },
  { name: 'two letters swapped', wrong: 'gni', found: undefined },
  { name: 'other case', wrong: 'Express', found: 'express' },
  { name: 'variant', wrong: 'express/terminal', found: 'express/terminus' },
  { name: 'nothing like it', wrong: 'tomcat', found: undefined },
  { name: 'empty', wrong: '', found: undefined },
])('nearest: $name', ({ wrong, found }) => {
  expect(nearest(wrong, ['gin', 'express', 'express/terminus'])).toBe(found);
});

test('nearest prefers the smaller distance, then the earlier candidate', () => {
  expect(nearest('port', ['ports', 'part', 'port2'])).toBe('ports');
  expect(nearest('--onyl', ['--json', '--only'])).toBe('--only');
  expect(nearest('x', [])).toBeUndefined();
});

test('nearest takes a beginning when only one candidate has it', () => {
  expect(nearest('requestDelay', ['title', 'requestDelaySeconds'])).toBe('requestDelaySeconds');
  expect(nearest('request', ['requestDelaySeconds', 'requestTimeoutSeconds'])).toBeUndefined();
});
