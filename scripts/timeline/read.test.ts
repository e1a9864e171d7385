import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syntheticRecords, textOf } from '../analysis/testing/synthetic.ts';
import { parseTimeline, readTimeline } from './read.ts';

const text = textOf(syntheticRecords());
const lines = text.trimEnd().split('\n');
const withLine = (index: number, line: string): string => lines.with(index, line).join('\n') + '\n';

test('every record of a whole timeline is kept by kind', () => {
  const timeline = parseTimeline(text);
  expect(timeline.problems).toEqual([]);
  expect(timeline.lines).toBe(lines.length);
  expect(timeline.header.trial.id).toBe('toy/bare/naive/1');
  const { events, starts, ends, connections } = timeline;
  const kept = 1 + events.length + starts.ids.length + ends.ids.length + connections.kind.length;
  expect(kept).toBe(lines.length);
});

test.each([
  { name: 'cut in the middle', line: '["start","fresh-get-', reason: 'not JSON: cut off or damaged' },
  { name: 'binary', line: '\u0000\ufffd\u0007', reason: 'not JSON: cut off or damaged' },
  { name: 'empty', line: '', reason: 'an empty line' },
  { name: 'two records', line: '["dialled",1,1],["dialled",2,2]', reason: 'not JSON: cut off or damaged' },
  { name: 'a number', line: '12', reason: 'neither an array nor an object' },
  { name: 'null', line: 'null', reason: 'neither an array nor an object' },
  { name: 'a start without time', line: '["start","fresh-get-1",1]', reason: 'not a whole `start` record' },
  { name: 'an end without timings', line: '["end","a",1,200,0,"","p"]', reason: 'not a whole `end` record' },
  { name: 'a sent without id', line: '["sent",1,2]', reason: 'not a whole `sent` record' },
  { name: 'ended by nobody', line: '["ended",1,2,"moon","FIN"]', reason: 'not a whole `ended` record' },
  { name: 'array of numbers', line: '[1,2,3]', reason: 'an array without a record type' },
  { name: 'object without type', line: '{"atMs":1}', reason: 'an object without a type' },
  { name: 'clock without epoch', line: '{"type":"clock","atMs":1}', reason: 'not a whole `clock` record' },
  {
    name: 'unknown pod event',
    line: '{"type":"pod","atMs":1,"pod":"a","event":"slept","revision":"old"}',
    reason: 'not a whole `pod` record',
  },
  {
    name: 'counts of another shape',
    line: '{"type":"load","atMs":1,"event":"ended","counts":{"fresh-get":1}}',
    reason: 'not a whole `load` record',
  },
  {
    name: 'a sighting whose span ends before it begins',
    line: '{"type":"pod","atMs":1,"pod":"a","event":"gone","revision":"old","seen":{"source":"watch","arrivedMs":9,"betweenMs":[5,4]}}',
    reason: 'not a whole `pod` record',
  },
  {
    name: 'a sighting without a source',
    line: '{"type":"endpoint","atMs":1,"pod":"a","event":"removed","seen":{"arrivedMs":9,"betweenMs":[4,5]}}',
    reason: 'not a whole `endpoint` record',
  },
  {
    name: 'a clock that is better than exact',
    line: '{"type":"podClock","atMs":1,"offsetMs":3,"uncertaintyMs":-1}',
    reason: 'not a whole `podClock` record',
  },
  { name: 'second header', line: lines[0]!, reason: 'a second header' },
])('a damaged line is reported with its place and the others are used: $name', ({ line, reason }) => {
  const index = 40;
  const timeline = parseTimeline(withLine(index, line));
  const byteOffset = Buffer.byteLength(lines.slice(0, index).join('\n')) + 1;
  expect(timeline.problems).toEqual([{ line: index + 1, byteOffset, text: line.slice(0, 120), reason }]);
  expect(timeline.lines).toBe(lines.length);
});

test('a timeline that was cut anywhere gives its whole lines and at most one problem', () => {
  const headerBytes = Buffer.byteLength(lines[0]!);
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.integer({ min: headerBytes + 1, max: bytes.length }), (length) => {
      const cut = bytes.subarray(0, length);
      const timeline = parseTimeline(cut);
      const whole = cut.toString().split('\n').length - 1;
      expect(timeline.problems.length).toBeLessThanOrEqual(1);
      expect(timeline.lines - timeline.problems.length).toBeGreaterThanOrEqual(whole);
      if (timeline.problems[0]) {
        expect(timeline.problems[0]).toMatchObject({
          line: whole + 1,
          byteOffset: cut.lastIndexOf('\n') + 1,
        });
      }
    }),
    { numRuns: 60 },
  );
});

test('places are right beyond the first chunk and after bytes that are no text', () => {
  const bytes = Buffer.from(text);
  const at = bytes.indexOf('\n', bytes.length - 2000) + 1;
  const garbage = Buffer.from([0xff, 0xfe, 0x80, 0x0a]);
  const spoiled = Buffer.concat([bytes.subarray(0, at), garbage, garbage, bytes.subarray(at)]);
  const { problems } = parseTimeline(spoiled);
  const line = bytes.subarray(0, at).toString().split('\n').length;
  expect(problems.map((problem) => [problem.line, problem.byteOffset])).toEqual([
    [line, at],
    [line + 1, at + 4],
  ]);
});

test('what is told of Kubernetes is kept as it was written', () => {
  const seen = { source: 'watch of pods', arrivedMs: 12.5, betweenMs: [10, 12.5] };
  const records = [
    { type: 'pod', atMs: 12, pod: 'a', event: 'deleted', revision: 'old', seen },
    { type: 'endpoint', atMs: 12, pod: 'a', event: 'removed', seen },
    { type: 'podClock', atMs: 3, offsetMs: -7.25, uncertaintyMs: 0.4 },
  ];
  const timeline = parseTimeline([lines[0], ...records.map((record) => JSON.stringify(record))].join('\n'));
  expect(timeline.problems).toEqual([]);
  expect(timeline.events).toEqual(records);
});

test('no input throws anything but a missing header', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.json(), fc.string())), (garbage) => {
      const timeline = parseTimeline([lines[0], ...garbage].join('\n'));
      expect(timeline.header.schema).toBe(1);
    }),
  );
});

test('records of a newer schema are kept aside', () => {
  const header = JSON.stringify({ ...(JSON.parse(lines[0]!) as object), schema: 9 });
  const newer = ['["probed",1,2,"x"]', '{"type":"weather","atMs":1}', '{"type":"constructor","atMs":1}'];
  const timeline = parseTimeline([header, ...newer, lines[1]!].join('\n'));
  expect(timeline.problems).toEqual([]);
  expect(timeline.unknown).toHaveLength(3);
  expect(timeline.events).toHaveLength(1);
});

describe('without a header', () => {
  test.each([
    { name: 'empty file', content: '', found: 'an empty file' },
    { name: 'header cut off', content: lines[0]!.slice(0, 50), found: 'no readable header' },
    { name: 'header missing', content: lines.slice(1).join('\n'), found: 'no readable header' },
    {
      name: 'unknown trigger',
      content: lines[0]!.replace('"repetition":1', '"repetition":1,"trigger":"moon"'),
      found: 'no readable header',
    },
    { name: 'plan missing', content: '{"type":"header","schema":1}', found: 'no readable header' },
  ])('$name', ({ content, found }) => {
    expect(() => parseTimeline(content, 'a/timeline.ndjson')).toThrow(
      `a/timeline.ndjson:1 expected the header of a timeline, found ${found}`,
    );
  });

  test('no file', async () => {
    await expect(readTimeline('/nowhere/timeline.ndjson')).rejects.toMatchObject({
      name: 'LabError',
      code: 'timeline-missing',
    });
  });
});
