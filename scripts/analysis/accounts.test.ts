import { describe, expect, test } from 'vitest';
import type { ClockRecord, HeaderRecord, LoadRecord, TimelineRecord } from '../timeline/records.ts';
import { findingsFrom, invalidCodes } from './testing/findings.ts';
import { epochAtZeroMs, syntheticRecords } from './testing/synthetic.ts';

const clean = (): TimelineRecord[] => [...syntheticRecords()];

const isStart = (id: string) => (record: TimelineRecord) =>
  Array.isArray(record) && record[0] === 'start' && record[1] === id;
const isEnd = (id: string) => (record: TimelineRecord) =>
  Array.isArray(record) && record[0] === 'end' && record[1] === id;
const isEvent = (type: string, event?: string, pod?: string) => (record: TimelineRecord) =>
  'type' in record &&
  record.type === type &&
  (event === undefined || ('event' in record && record.event === event)) &&
  (pod === undefined || ('pod' in record && record.pod === pod));

type Match = (record: TimelineRecord) => boolean;
const without = (match: Match) => clean().filter((record) => !match(record));
const doubled = (match: Match) => clean().flatMap((record) => (match(record) ? [record, record] : [record]));
const changed = (match: Match, change: (record: never) => TimelineRecord) =>
  clean().map((record) => (match(record) ? change(record as never) : record));

test('a clean restart is valid and its accounts close', () => {
  const findings = findingsFrom(clean());
  expect(findings.invalid).toEqual([]);
  expect(findings.flags).toEqual([]);
  for (const population of Object.values(findings.populations)) {
    expect(population.started).toBe(population.planned);
    expect(population.ok).toBe(population.started);
    expect(population.exposed).toBeLessThan(population.started);
    expect(population).toMatchObject({ failed: 0, dropped: 0, censored: 0, hiddenResends: 0 });
  }
});

const endOfSecond = (record: TimelineRecord): boolean => isEnd('fresh-get-60')(record);
const lastId = (): string => {
  const starts = clean().filter((record) => Array.isArray(record) && record[0] === 'start');
  return starts.at(-1)![1];
};

describe('each broken account is found', () => {
  const cases: { name: string; records: () => TimelineRecord[]; codes: string[] }[] = [
    {
      name: 'a start is lost',
      records: () => without(isStart('fresh-get-60')),
      codes: ['end-without-start', 'records-missing', 'accounts-open'],
    },
    {
      name: 'start and end are lost',
      records: () => without((record) => isStart('fresh-get-60')(record) || endOfSecond(record)),
      codes: ['records-missing', 'accounts-open'],
    },
    {
      name: 'start and end of the last request are lost',
      records: () => {
        const id = lastId();
        return without((record) => isStart(id)(record) || isEnd(id)(record));
      },
      codes: ['accounts-open'],
    },
    { name: 'an end is lost', records: () => without(endOfSecond), codes: ['censored-during-restart'] },
    {
      name: 'a start is doubled',
      records: () => doubled(isStart('fresh-get-60')),
      codes: ['records-doubled'],
    },
    { name: 'an end is doubled', records: () => doubled(endOfSecond), codes: ['records-doubled'] },
    {
      name: 'an id of no population',
      records: () => [...clean(), ['start', 'stale-get-1', 1, epochAtZeroMs]],
      codes: ['records-strange'],
    },
    {
      name: 'an id far beyond the others',
      records: () => [...clean(), ['start', 'fresh-get-999999999999', 1, epochAtZeroMs]],
      codes: ['records-strange'],
    },
    {
      name: 'ticks that nobody counted as dropped',
      records: () =>
        clean().map((record) =>
          Array.isArray(record) && record[0] === 'start' && record[1].startsWith('fresh-get-')
            ? (record.with(3, record[3] - (Number(record[1].slice(10)) > 60 ? 0 : 100)) as TimelineRecord)
            : record,
        ),
      codes: ['accounts-open'],
    },
    {
      name: 'k6 counted another number',
      records: () =>
        changed(isEvent('load', 'ended'), (record: LoadRecord) => ({
          ...record,
          counts: { ...record.counts!, 'fresh-get': { started: 1, dropped: 0 } },
        })),
      codes: ['accounts-open'],
    },
    {
      name: 'k6 dropped requests',
      records: () =>
        changed(isEvent('load', 'ended'), (record: LoadRecord) => ({
          ...record,
          counts: {
            ...record.counts!,
            'fresh-get': { ...record.counts!['fresh-get'], dropped: 1 },
          },
        })),
      codes: ['dropped'],
    },
    {
      name: 'no end of the load',
      records: () => without(isEvent('load', 'ended')),
      codes: ['load-not-ended'],
    },
    {
      name: 'no counts',
      records: () =>
        changed(isEvent('load', 'ended'), ({ type, atMs, event }: LoadRecord) => ({ type, atMs, event })),
      codes: ['counts-missing'],
    },
    {
      name: 'no stop of the load',
      records: () => without(isEvent('load', 'stopping')),
      codes: ['load-not-stopped', 'load-missed-termination'],
    },
    {
      name: 'no first request',
      records: () => without(isEvent('load', 'firstRequest')),
      codes: ['no-load', 'load-missed-termination'],
    },
    {
      name: 'the wall clock was set',
      records: () => {
        const records = clean();
        const last = records.findLastIndex(isEvent('clock'));
        return records.with(last, { type: 'clock', atMs: 3500, epochMs: epochAtZeroMs + 3506 });
      },
      codes: ['clock-stepped'],
    },
    {
      name: 'k6 has another clock than the lab',
      records: () =>
        changed(isEvent('clock'), (record: ClockRecord) => ({ ...record, epochMs: record.epochMs + 10 })),
      codes: ['clocks-apart'],
    },
    {
      name: 'the clocks were read once',
      records: () => clean().filter((record, index) => !isEvent('clock')(record) || index < 3),
      codes: ['clock-missing'],
    },
    {
      name: 'the balancer did not see a request',
      records: () =>
        without((record) => Array.isArray(record) && record[0] === 'sent' && record[3] === 'fresh-get-60'),
      codes: ['unseen-by-balancer'],
    },
    {
      name: 'the restart never began',
      records: () => without(isEvent('rollout', 'began')),
      codes: ['rollout-missing'],
    },
    {
      name: 'the restart never completed',
      records: () => without(isEvent('rollout', 'complete')),
      codes: ['rollout-incomplete'],
    },
    {
      name: 'a pod was not terminated',
      records: () => without(isEvent('pod', 'deleted', 'old-1')),
      codes: ['terminations-missing'],
    },
    {
      name: 'a pod never exited',
      records: () => without(isEvent('pod', 'exited', 'old-1')),
      codes: ['load-missed-termination'],
    },
    {
      name: 'the load stopped before the last exit',
      records: () =>
        changed(isEvent('load', 'stopping'), (record: LoadRecord) => ({ ...record, atMs: 2000 })),
      codes: ['load-missed-termination'],
    },
    {
      name: 'a problem was recorded',
      records: () => [...clean(), { type: 'problem', atMs: 9, code: 'balancer-died', detail: 'it died' }],
      codes: ['balancer-died'],
    },
    {
      name: 'a sham that restarted pods',
      records: () =>
        changed(isEvent('header'), (record: HeaderRecord) => ({
          ...record,
          trial: { ...record.trial, kind: 'sham' },
        })),
      codes: ['sham-restarted'],
    },
    {
      name: 'a line cannot be read',
      records: () => [...clean(), ['sent', 1] as unknown as TimelineRecord],
      codes: ['timeline-damaged'],
    },
  ];
  test.each(cases)('$name', ({ records, codes }) => {
    expect(invalidCodes(findingsFrom(records())).sort()).toEqual(codes.sort());
  });
});

test('failures before the restart make the baseline unclean, with their classes', () => {
  const fail = ({ iteration }: { iteration: number }) =>
    iteration === 10 ? { errorCode: 1000, errorText: 'EOF', how: 'FIN' as const } : undefined;
  const { invalid } = findingsFrom(syntheticRecords({ fail }));
  expect(invalid).toEqual([{ code: 'baseline-not-clean', text: '4 failed before the restart began: 4 eof' }]);
});

test('a sham whose requests have no end although there was time for it is invalid', () => {
  const sham = [...syntheticRecords({ kind: 'sham' })];
  expect(invalidCodes(findingsFrom(sham))).toEqual([]);
  const lost = sham.filter((record) => !isEnd('fresh-get-10')(record));
  expect(invalidCodes(findingsFrom(lost))).toEqual(['ends-missing']);
});

test('a request that was cut when the load stopped is censored, not lost', () => {
  const id = lastId();
  const stop = clean().find(isEvent('load', 'stopping')) as LoadRecord;
  const cut: TimelineRecord = [
    ...(['end', id, epochAtZeroMs + stop.atMs, 0, 1000, 'context canceled', ''] as const),
    ...([0, 0, 0, 0, 0, 0] as const),
  ];
  const findings = findingsFrom(changed(isEnd(id), () => cut));
  expect(findings.invalid).toEqual([]);
  expect(findings.losses).toEqual([]);
  const { started, ok, censored, exposed } = findings.populations['persistent-post'];
  expect({ missing: started - ok, censored }).toEqual({ missing: 1, censored: 1 });
  expect(exposed).toBe(findings.populations['persistent-get'].exposed - 1);
});

test('the same cut while the load ran is a loss', () => {
  const findings = findingsFrom(
    syntheticRecords({
      fail: ({ id }) =>
        id === 'fresh-get-90' ? { errorCode: 1000, errorText: 'context canceled', how: 'FIN' } : undefined,
    }),
  );
  expect(findings.losses).toMatchObject([{ class: 'other', text: 'context canceled' }]);
});

test('a busy machine is flagged', () => {
  const late = clean().map((record) =>
    Array.isArray(record) && record[0] === 'start' && !record[1].endsWith('5')
      ? (record.with(3, record[3] - 25) as TimelineRecord)
      : record,
  );
  const findings = findingsFrom(late);
  expect(findings.flags.map(({ code }) => code)).toEqual(['schedule-lag']);
  expect(findings.load.scheduleLagP99Ms).toBeGreaterThanOrEqual(20);
  expect(findings.invalid).toEqual([]);
});
