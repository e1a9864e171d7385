import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRequestLine } from './request-line.ts';

const start = '["start","fresh-get-0",1,1700000000000]';
const end = '["end","fresh-get-0",1700000000005,200,0,"","pod-1",0.1,0.2,0.3,4,0.5,1]';

test('records of requests', () => {
  expect(parseRequestLine(start)).toEqual(['start', 'fresh-get-0', 1, 1700000000000]);
  expect(parseRequestLine(end)?.[6]).toBe('pod-1');
});

test.each([
  ['', 'empty'],
  ['["start"]', 'too short'],
  ['["start","a",1,2,3]', 'too long'],
  ['["start",1,1,2]', 'wrong type'],
  ['["begin","a",1,2]', 'unknown kind'],
  [end.replace('1]', '2]'), 'neither 0 nor 1'],
  ['{"type":"start"}', 'object'],
  ['time="x" level=info', 'log line'],
])('%s: %s', (line) => {
  expect(parseRequestLine(line)).toBeUndefined();
});

test('a record cut short is never taken for a whole one', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(start, end),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (line, share) => {
        expect(parseRequestLine(line.slice(0, Math.floor(line.length * share)))).toBeUndefined();
      },
    ),
  );
});
