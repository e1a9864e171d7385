import { expect, test } from 'vitest';
import type { RunInfo } from '../report/run-info.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { differencesBetween, requireUnchanged } from './changes.ts';

const run: RunInfo = {
  ...syntheticRun().info,
  fingerprints: {
    lab: 'l',
    frameworks: { toy: 'a.b', other: 'c.d' },
    scenarios: { naive: 'e.f' },
  },
};

type Change = (info: RunInfo) => void;

test.each<[string, Change, string[]]>([
  ['nothing', () => undefined, []],
  ['an app', (now) => (now.fingerprints!.frameworks['toy'] = 'x.b'), ['apps/toy: its files changed']],
  ['settings', (now) => (now.fingerprints!.frameworks['toy'] = 'a.x'), ['apps/toy: app.yaml changed']],
  [
    'both',
    (now) => (now.fingerprints!.frameworks['toy'] = 'x.x'),
    ['apps/toy: its files changed, app.yaml changed'],
  ],
  ['a new app', (now) => (now.fingerprints!.frameworks['more'] = 'x.x'), ['apps/more: is new']],
  [
    'an app that is gone',
    (now) => delete now.fingerprints!.frameworks['other'],
    ['apps/other: is not there any more, or cannot be read'],
  ],
  [
    'a manifest',
    (now) => (now.fingerprints!.scenarios['naive'] = 'x.f'),
    ['scenario naive: its manifest changed'],
  ],
  [
    'the lab',
    (now) => (now.fingerprints!.lab = 'x'),
    ['the lab: scripts/ or package-lock.json changed, so it may measure otherwise'],
  ],
  [
    'tools',
    (now) => {
      now.versions = { lab: '0.2.0', node: 'v26.0.0', k6: '2.3.0', toolchains: { 'Node.js': '26.0.0' } };
    },
    [
      'Node.js of the apps: was v24.0.0, is 26.0.0',
      'version of the lab: was 0.1.0, is 0.2.0',
      'Node.js of the lab: was v24.0.0, is v26.0.0',
      'k6: was v2.2.0, is 2.3.0',
    ],
  ],
  [
    'the machine',
    (now) => {
      now.host = { ...now.host, kernel: '6.2.0', cpuModel: 'Other CPU', cpus: 4, memoryBytes: 1 };
      now.cluster = { ...now.cluster, pid1: false, propagationDelayMs: 100 };
    },
    [
      'pods as PID 1: was yes, is no',
      'propagation delay: was 500 ms, is 100 ms',
      'kernel: was 6.1.0, is 6.2.0',
      'CPU: was 2 × Toy CPU, is 4 × Other CPU',
    ],
  ],
  [
    'the version of Kubernetes',
    (now) => {
      now.cluster = { ...now.cluster, kubernetes: 'v1.34.4', propagationDelayMs: null };
    },
    ['Kubernetes: was none, is v1.34.4', 'propagation delay: was 500 ms, is measured'],
  ],
  [
    'only the plan',
    (now) => (now.trials = now.trials.toReversed()),
    ['the plan: the same options and seed give other trials'],
  ],
])('a change of %s', (_, change, differences) => {
  const now = structuredClone(run);
  change(now);
  expect(differencesBetween(run, now)).toEqual(differences);
});

test('all of them are in one message', () => {
  const now = structuredClone(run);
  now.fingerprints!.frameworks['toy'] = 'x.b';
  now.host.kernel = '6.2.0';
  expect(() => requireUnchanged(run, now)).toThrowErrorMatchingInlineSnapshot(`
    [LabError: Run 2026-11-20T10-00-00 cannot go on, because this changed since it began:
      apps/toy: its files changed
      kernel: was 6.1.0, is 6.2.0
    Undo the changes, or start a new run: npm run lab]
  `);
});

test('a run of an older lab is refused in one sentence', () => {
  const older = structuredClone(run);
  delete older.fingerprints;
  expect(() => requireUnchanged(older, run)).toThrowErrorMatchingInlineSnapshot(
    `[LabError: Run 2026-11-20T10-00-00 cannot go on: it was made by an older version of the lab, which did not note what it measured. Start a new run: npm run lab]`,
  );
});
