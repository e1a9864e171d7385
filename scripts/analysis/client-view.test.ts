import { expect, test } from 'vitest';
import { findingsFrom, invalidCodes, syntheticFindings } from './testing/findings.ts';
import { asKubernetes, type KubernetesOptions } from './testing/kubernetes.ts';
import { analyseSmall, eof, newConnection, openConnection } from './testing/small-trial.ts';
import { syntheticRecords, type SyntheticOptions } from './testing/synthetic.ts';

const onKubernetes = (options: SyntheticOptions = {}, cluster: KubernetesOptions = {}) =>
  findingsFrom(asKubernetes(syntheticRecords(options), cluster));

const resend = { errorCode: 1000, errorText: 'EOF', resent: true };

test('a clean restart on Kubernetes is valid, and its accounts close', () => {
  const findings = onKubernetes();
  expect(findings.invalid).toEqual([]);
  expect(findings.flags).toEqual([]);
  expect(findings.losses).toEqual([]);
  expect(findings.keepAlive).toBe(true);
  for (const population of Object.values(findings.populations)) {
    expect(population).toMatchObject({ failed: 0, hiddenResends: 0 });
    expect(population.ok + population.censored).toBe(population.started);
  }
});

test('rough times are passed on with their spans, exact ones without', () => {
  const [first] = onKubernetes().terminations;
  expect(first).toMatchObject({ deletedMs: 1600, sigtermMs: 1601, endpointRemovedMs: 1650 });
  expect(first?.betweenMs).toMatchObject({
    deletedMs: [1600, 1620],
    exitedMs: [1701, 1721],
    drainMs: [80, 120],
  });
  expect(syntheticFindings().terminations[0]).not.toHaveProperty('betweenMs');
});

test.each([
  { name: 'a server that closes after each answer', options: { keepAlive: false }, keepAlive: false },
  {
    name: 'load that was too short to tell',
    options: { ratePerSecond: 5, keepAlive: false },
    keepAlive: null,
  },
])('keep-alive: $name', ({ options, keepAlive }) => {
  expect(onKubernetes(options).keepAlive).toBe(keepAlive);
});

test('a hidden resend shows by the other pod that answers without a new connection', () => {
  const fail = ({ id }: { id: string }) => (id === 'persistent-get-110' ? resend : undefined);
  const { populations, losses } = onKubernetes({ fail });
  expect(losses).toEqual([]);
  expect(populations['persistent-get'].hiddenResends).toBe(1);
  expect(populations['persistent-post'].hiddenResends).toBe(0);
});

test('a connection that broke is not the one of the next request', () => {
  const of = (atMs: number, more: object) => ({ id: `persistent-get-${atMs}`, atMs, user: 3, ...more });
  const { populations } = analyseSmall({
    pods: [],
    requests: [
      of(1100, { pod: 'a', timings: newConnection }),
      of(1200, { ...eof, timings: openConnection }),
      of(1300, { pod: 'b', timings: newConnection }),
      of(1400, { pod: 'b' }),
    ],
  });
  expect(populations['persistent-get'].hiddenResends).toBe(0);
});

test.each<{ name: string; cluster: KubernetesOptions; flags: string[] }>([
  { name: 'far from the lab, but known', cluster: { offsetMs: -3_600_000, uncertaintyMs: 4 }, flags: [] },
  { name: 'known only roughly', cluster: { uncertaintyMs: 80 }, flags: ['clock-rough'] },
])("the clock of k6's pod: $name", ({ cluster, flags }) => {
  const findings = onKubernetes({}, cluster);
  expect(findings.invalid).toEqual([]);
  expect(findings.flags.map(({ code }) => code)).toEqual(flags);
});

test.each([
  { name: 'was not read', clocks: [], code: 'clock-missing' },
  { name: 'was read once', clocks: [[0, 5, 1]], code: 'clock-missing' },
  {
    name: 'was set',
    clocks: [
      [0, 5, 1],
      [20_000, 13, 1],
    ],
    code: 'clock-stepped',
  },
  {
    name: 'may not have moved',
    clocks: [
      [0, 5, 2],
      [20_000, 13, 2],
    ],
    code: undefined,
  },
])("the clock of k6's pod $name", ({ clocks, code }) => {
  const readings = clocks.map(([atMs = 0, offsetMs = 0, uncertaintyMs = 0]) => ({
    atMs,
    offsetMs,
    uncertaintyMs,
  }));
  const requests = [{ id: 'fresh-get-0', atMs: 1500, pod: 'a', timings: newConnection }];
  const codes = invalidCodes(analyseSmall({ pods: [], requests, clocks: readings }));
  expect(codes.filter((found) => found.startsWith('clock'))).toEqual(code === undefined ? [] : [code]);
});
