import { analyseTrial } from '../../analysis/analyse.ts';
import type { TrialFindings } from '../../analysis/findings.ts';
import {
  syntheticRecords,
  textOf,
  type SyntheticFailure,
  type SyntheticOptions,
  type SyntheticRequest,
} from '../../analysis/testing/synthetic.ts';
import { parseTimeline } from '../../timeline/read.ts';
import type { TimelineRecord } from '../../timeline/records.ts';
import { runSchema, type RowInfo, type RunInfo } from '../run-info.ts';

const reset = (how: 'FIN' | 'RST' = 'RST'): SyntheticFailure =>
  how === 'RST'
    ? { errorCode: 1220, errorText: 'read: connection reset by peer', how }
    : { errorCode: 1000, errorText: 'EOF', how };

const whileTerminating =
  (prefix: string, failure: SyntheticFailure) =>
  ({ population, terminating }: SyntheticRequest): SyntheticFailure | undefined =>
    terminating !== undefined && population.startsWith(prefix) ? failure : undefined;

const hangUp = (request: SyntheticRequest): SyntheticFailure | undefined =>
  whileTerminating('persistent-post', reset())(request) ??
  whileTerminating('persistent-get', { ...reset(), resent: true })(request);

const controls = 'controls';

/** The controls as they must come out, and two variants of a toy server. */
const trials: readonly SyntheticOptions[] = [
  { variant: `${controls}/ideal`, kind: 'sham' },
  { variant: `${controls}/ideal`, scenario: 'naive' },
  { variant: `${controls}/ideal`, scenario: 'prestop' },
  { variant: `${controls}/ideal`, scenario: 'slow', requestDelayMs: 200 },
  {
    variant: `${controls}/abrupt`,
    scenario: 'naive',
    fail: whileTerminating('fresh', { ...reset(), refused: true }),
  },
  {
    variant: `${controls}/abrupt`,
    scenario: 'slow',
    requestDelayMs: 200,
    fail: ({ population, terminating, atMs }) =>
      // Sent just before the exit of the pod.
      terminating !== undefined && population === 'persistent-post' && (atMs - 1000) % 600 < 90
        ? reset('FIN')
        : undefined,
  },
  { variant: `${controls}/hang-up`, scenario: 'prestop', fail: hangUp },
  { variant: `${controls}/stubborn`, scenario: 'naive', exit: { exitCode: 1, killed: true } },
  {
    variant: 'toy/bare',
    scenario: 'naive',
    exit: { exitCode: 143 },
    fail: whileTerminating('fresh', { ...reset(), refused: true }),
  },
  { variant: 'toy/bare', scenario: 'prestop', exit: { exitCode: 143 }, fail: hangUp },
  { variant: 'toy/bare', scenario: 'slow', requestDelayMs: 200, exit: { exitCode: 143 } },
  { variant: 'toy/closing', scenario: 'naive', keepAlive: false },
  { variant: 'toy/closing', scenario: 'prestop', keepAlive: false },
];

/** A made-up run: its description and the records of every trial by id. */
export interface SyntheticRun {
  info: RunInfo;
  trials: Map<string, TimelineRecord[]>;
}

/**
 * A run whose controls pass; `change` may alter the trials before their records are made, and `more` are further ones,
 * such as repetitions.
 */
export function syntheticRun(
  change: (options: SyntheticOptions) => SyntheticOptions = (options) => options,
  more: readonly SyntheticOptions[] = [],
): SyntheticRun {
  const records = new Map<string, TimelineRecord[]>();
  for (const options of [...trials, ...more]) {
    const made = [...syntheticRecords(change(options))];
    const [header] = made;
    if (header === undefined || !('type' in header) || header.type !== 'header') throw new Error('no header');
    records.set(header.trial.id, made);
  }
  const info = runInfo([...records.keys()]);
  const repeat = Math.max(1, ...more.map(({ repetition = 1 }) => repetition));
  return { info: { ...info, options: { ...info.options, repeat } }, trials: records };
}

/**
 * Three repetitions of `toy/bare`: `naive` loses new connections in each, by a reset too in the second, and persistent
 * ones only in the second; `prestop` loses persistent ones in each, never in the same way.
 */
export function repeatedRun(): SyntheticRun {
  const bare = { variant: 'toy/bare', exit: { exitCode: 143 } };
  const refused = whileTerminating('fresh', { ...reset(), refused: true });
  return syntheticRun(undefined, [
    {
      ...bare,
      scenario: 'naive',
      repetition: 2,
      fail: (request) =>
        whileTerminating('fresh-post', reset())(request) ??
        refused(request) ??
        whileTerminating('persistent-post', reset('FIN'))(request),
    },
    { ...bare, scenario: 'naive', repetition: 3, fail: refused },
    {
      ...bare,
      scenario: 'prestop',
      repetition: 2,
      fail: whileTerminating('persistent-post', reset('FIN')),
    },
    {
      ...bare,
      scenario: 'prestop',
      repetition: 3,
      fail: whileTerminating('persistent-post', { status: 503, errorCode: 1503, errorText: '' }),
    },
  ]);
}

/** What analysis makes of the run's trials. */
export function findingsOf(run: SyntheticRun): TrialFindings[] {
  return [...run.trials.values()].map((records) => analyseTrial(parseTimeline(textOf(records))));
}

function row(variant: string, setting: string, rest: Partial<RowInfo> = {}): RowInfo {
  return {
    variant,
    framework: 'Toy',
    server: 'Node.js http',
    version: '1.2.3',
    setting,
    homepage: 'https://toy.example',
    control: variant.startsWith(controls),
    scenarios: ['naive', 'prestop', 'slow'],
    ...rest,
  };
}

function runInfo(ids: string[]): RunInfo {
  return {
    schema: runSchema,
    id: '2026-11-20T10-00-00',
    started: '2026-11-20T10:00:00.000Z',
    finished: '2026-11-20T10:09:00.000Z',
    interrupted: false,
    seed: 7,
    options: { only: [], scenarios: [], repeat: 1, ratePerSecond: 200, controls: true },
    cluster: {
      name: 'embedded',
      pid1: true,
      propagationDelayMs: 500,
      limits: ['It is not a Kubernetes.'],
      reasons: ['no container engine answered'],
    },
    versions: { lab: '0.1.0', node: 'v24.0.0', k6: 'v2.2.0', toolchains: { 'Node.js': 'v24.0.0' } },
    host: { platform: 'Linux x64', kernel: '6.1.0', cpuModel: 'Toy CPU', cpus: 2, memoryBytes: 8 * 2 ** 30 },
    scenarios: [
      { id: 'naive', title: 'no preStop hook' },
      { id: 'prestop', title: 'preStop sleep of 2 s' },
      { id: 'slow', title: 'preStop sleep of 2 s, requests take 0.2 s' },
    ],
    rows: [
      row(`${controls}/ideal`, 'answers everything'),
      row('toy/bare', 'no signal handler'),
      row('toy/closing', 'closes after each answer', { scenarios: ['naive', 'prestop'] }),
      row('other/graceful', 'graceful | shutdown', { framework: 'Other' }),
    ],
    rowFailures: [{ variant: 'other/graceful', reason: 'skipped: needs Go ≥ 1.24, not found' }],
    trials: ids,
    durations: { buildMs: 1000, trialsMs: 60_000 },
  };
}
