import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineRecord } from '../timeline/records.ts';
import { findingsFrom, syntheticFindings } from './testing/findings.ts';
import { epochAtZeroMs, syntheticRecords, type SyntheticFailure } from './testing/synthetic.ts';

const reset: SyntheticFailure = { errorCode: 1220, errorText: 'read: connection reset by peer' };
// The second old pod is deleted at 2200, sent SIGTERM at 2201, closes its listener at 2220, exits at 2301.
const onlyAt =
  (id: string, failure: SyntheticFailure) =>
  (request: { id: string }): SyntheticFailure | undefined =>
    request.id === id ? failure : undefined;

test('a refused dial is joined to the request whose client saw a reset', () => {
  const { losses, terminations, populations } = syntheticFindings({
    fail: onlyAt('fresh-post-110', { ...reset, refused: true }),
  });
  expect(losses).toEqual([
    {
      id: 'fresh-post-110',
      population: 'fresh-post',
      class: 'refused',
      sentMs: 2206.5,
      failedMs: 2206.5,
      pod: 'old-1',
      sentPhase: 'terminating',
      failedPhase: 'terminating',
      text: 'read: connection reset by peer (ECONNREFUSED)',
    },
  ]);
  expect(terminations.map(({ lost }) => lost)).toEqual([{}, { 'fresh-post': 1 }, {}]);
  expect(populations['fresh-post']).toMatchObject({
    failed: 1,
    byClass: { refused: 1 },
    byPhase: { terminating: 1 },
    terminationsWithLoss: 1,
  });
});

test('a reset without a refused dial stays a reset, at the time of the balancer', () => {
  const { losses } = syntheticFindings({ fail: onlyAt('persistent-post-115', reset) });
  expect(losses).toMatchObject([
    { class: 'reset', pod: 'old-1', sentMs: 2316.5, failedMs: 2317.5, sentPhase: 'exited' },
  ]);
});

test('the same id on two connections is a hidden resend, whatever came of it', () => {
  const { losses, populations, invalid } = syntheticFindings({
    fail: onlyAt('persistent-get-110', { ...reset, resent: true }),
  });
  expect(invalid).toEqual([]);
  expect(losses).toEqual([]);
  expect(populations['persistent-get'].hiddenResends).toBe(1);
  expect(populations['persistent-get'].failed).toBe(0);
});

test('an answer other than 2xx is rejected and ends when k6 says so', () => {
  const fail = onlyAt('fresh-get-110', { status: 503, errorCode: 1503, errorText: '' });
  expect(syntheticFindings({ fail }).losses).toMatchObject([
    { class: 'rejected', text: '503', pod: 'old-1' },
  ]);
});

test('a loss on a pod that is not ending belongs to no termination', () => {
  const fail = onlyAt('fresh-get-142', reset);
  const { losses, terminations, invalid } = syntheticFindings({ fail });
  expect(invalid).toEqual([]);
  expect(losses).toMatchObject([{ class: 'reset', sentPhase: 'draining', pod: 'old-2' }]);
  expect(terminations.flatMap(({ lost }) => Object.keys(lost))).toEqual(['fresh-get']);
  const serving = findingsFrom(
    [...syntheticRecords({ fail })].map((record) =>
      Array.isArray(record) && record[0] === 'accepted' && record[3] === 'old-2' && record[1] > 2800
        ? (record.with(3, 'new-0') as TimelineRecord)
        : record,
    ),
  );
  expect(serving.losses).toMatchObject([{ sentPhase: 'serving', pod: 'new-0' }]);
  expect(serving.terminations.flatMap(({ lost }) => Object.keys(lost))).toEqual([]);
});

test('what the balancer had not read when the pod reset is joined by the only pod that did', () => {
  const records = [...syntheticRecords({ fail: onlyAt('persistent-post-110', reset) })].filter(
    (record) => !(Array.isArray(record) && record[0] === 'sent' && record[3] === 'persistent-post-110'),
  );
  const { losses, invalid, flags } = findingsFrom(records);
  expect(invalid).toEqual([]);
  expect(flags.map(({ code }) => code)).toEqual(['unread-by-balancer']);
  expect(losses).toMatchObject([{ class: 'reset', pod: 'old-1' }]);
});

test('a loss that the balancer saw nowhere and that no pod explains is invalid', () => {
  const records = [...syntheticRecords({ fail: onlyAt('persistent-post-110', reset) })].filter(
    (record) =>
      !(Array.isArray(record) && record[0] === 'sent' && record[3] === 'persistent-post-110') &&
      !(Array.isArray(record) && record[0] === 'ended' && record[1] > 2200 && record[1] < 2250),
  );
  expect(findingsFrom(records).invalid.map(({ code }) => code)).toEqual(['unseen-by-balancer']);
});

test('terminations tell how each old pod ended', () => {
  const { terminations } = syntheticFindings({ exit: { exitCode: 1, killed: true } });
  expect(terminations[0]).toEqual({
    pod: 'old-0',
    deletedMs: 1600,
    preStopEndedMs: null,
    sigtermMs: 1601,
    endpointRemovedMs: 2100,
    listenerClosedMs: 1620,
    lastResponseMs: 1600,
    exitedMs: 1701,
    exitCode: 1,
    signal: null,
    killedAfterGrace: true,
    drainMs: 100,
    lost: {},
  });
});

test('an exit code alone is never taken for a kill', () => {
  const { terminations } = syntheticFindings({ exit: { exitCode: 137 } });
  expect(terminations.map(({ killedAfterGrace }) => killedAfterGrace)).toEqual([false, false, false]);
});

test('a server that closes after each answer has no keep-alive', () => {
  expect(syntheticFindings().keepAlive).toBe(true);
  expect(syntheticFindings({ keepAlive: false }).keepAlive).toBe(false);
});

test('time: what a trial took against what it had to', () => {
  // 1000 warm-up + 3 × (50 start + 500 probe) + 0 preStop + 100 drain + 500 tail
  expect(syntheticFindings().time).toEqual({ wallMs: 3399.5, unavoidableMs: 3250, ratio: 1.046 });
  expect(syntheticFindings({ kind: 'sham' }).time).toEqual({
    wallMs: 1499.5,
    unavoidableMs: null,
    ratio: null,
  });
});

test('time: without a listener, readiness less one probe period is the start', () => {
  const records = [...syntheticRecords()].filter(
    (record) => !('type' in record && record.type === 'pod' && record.event === 'listening'),
  );
  expect(findingsFrom(records).time.unavoidableMs).toBe(3400);
});

test('a port that the manifest names and pods could not have is told once', () => {
  const detail = 'port 8080 is taken on every loopback address: PORT is 40001';
  const records = [...syntheticRecords()].flatMap((record): TimelineRecord[] =>
    'type' in record && record.type === 'pod' && record.event === 'created'
      ? [record, { ...record, event: 'portReplaced', detail }]
      : [record],
  );
  const { invalid, flags, terminations } = findingsFrom(records);
  expect(invalid).toEqual([]);
  expect(flags).toEqual([{ code: 'port-replaced', text: detail }]);
  expect(terminations).toEqual(syntheticFindings().terminations);
});

test('usage is in cores', () => {
  expect(syntheticFindings().usage).toEqual({ lab: { cores: 0.1, residentBytes: 1e8 } });
});

test('the order in which two writers filled the file does not matter', () => {
  const fail = onlyAt('fresh-post-110', { ...reset, refused: true });
  const [header, ...rest] = [...syntheticRecords({ fail })];
  const expected = findingsFrom([header!, ...rest]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (width) => {
      // Reads, clocks and requests stay in their own order; connections come later than they happened.
      const requests = rest.filter(
        (record) => 'type' in record || record[0] === 'start' || record[0] === 'end',
      );
      const connections = rest.filter((record) => !requests.includes(record));
      const mixed: TimelineRecord[] = [];
      while (requests.length + connections.length > 0) {
        mixed.push(...requests.splice(0, width), ...connections.splice(0, 7));
      }
      expect(findingsFrom([header!, ...mixed])).toEqual(expected);
    }),
    { numRuns: 5 },
  );
});

test('findings survive JSON unchanged', () => {
  const findings = syntheticFindings({ fail: onlyAt('fresh-post-110', { ...reset, refused: true }) });
  expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
});

test('a timeline with nothing but a header gives findings', () => {
  const [header] = [...syntheticRecords()];
  const findings = findingsFrom([header!, { type: 'clock', atMs: 0, epochMs: epochAtZeroMs }]);
  expect(findings.invalid.length).toBeGreaterThan(0);
  expect(findings.terminations).toEqual([]);
});
