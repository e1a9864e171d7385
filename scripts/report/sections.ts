import type { ControlCheck } from '../analysis/control-check.ts';
import type { Phase } from '../analysis/findings.ts';
import { tallyText } from '../analysis/tally.ts';
import { columns } from '../analysis/judge.ts';
import {
  boundText,
  controlMark,
  falseAlarmText,
  otherRatesText,
  reproduceCommand,
  seconds,
} from './figures.ts';
import type { RunReport, TrialSummary } from './model.ts';
import { contradictionLines, hasProbes, strategyLines } from './probe-sections.ts';
import type { RunInfo } from './run-info.ts';

/** A part of the report below the table: a heading and sentences. */
export interface Section {
  title: string;
  lines: string[];
}

/** What stands above everything when the run proves nothing; undefined when its controls passed. */
export function bannerOf({ verdict, controls, run }: RunReport): Section | undefined {
  if (verdict === 'proven') return undefined;
  if (verdict === 'invalid') {
    const failed = controls.filter(({ passed }) => passed === false);
    return {
      title:
        'INVALID RUN: the lab did not see what its controls are built to show. Do not use the figures below.',
      lines: failed.map(
        ({ control, scenario, kind, expectation, seen }) =>
          `${control}, ${placeText({ kind, scenario })}: expected ${expectation}; seen: ${seen}`,
      ),
    };
  }
  const why = run.options.controls
    ? 'not all of its controls have run'
    : 'it was asked to do without controls';
  return { title: `UNPROVEN RUN: ${why}, so nothing shows that the lab would have seen a loss.`, lines: [] };
}

/** Where a control was looked at: a scenario, or what was done instead of a restart under load. */
function placeText({ kind, scenario }: Pick<ControlCheck, 'kind' | 'scenario'>): string {
  return kind === 'restart' ? scenario : kind;
}

/** Everything below the table, in order. Sections without a line are left out. */
export function sectionsOf(report: RunReport): Section[] {
  return [
    { title: 'How to read it', lines: legendOf(report) },
    { title: 'What was lost', lines: lossLines(report) },
    { title: 'Strategies', lines: strategyLines(report) },
    { title: 'Probe against load', lines: contradictionLines(report) },
    { title: 'Repetitions that differ', lines: differingLines(report) },
    { title: 'Controls', lines: controlLines(report) },
    { title: 'The instrument', lines: instrumentLines(report.trials) },
    { title: 'Remarks', lines: remarkLines(report) },
    { title: 'Cluster', lines: clusterLines(report) },
    { title: 'Environment', lines: environmentLines(report) },
    { title: 'Measure one row again', lines: reproduceLines(report) },
  ].filter(({ lines }) => lines.length > 0);
}

function legendOf(report: RunReport): string[] {
  const { run } = report;
  const otherRates = otherRatesText(report);
  return [
    'lost/sent and the most frequent kind of loss. Sent counts the requests started between the beginning of the restart and the stop of the load.',
    'fresh: GET and POST, each on a new connection. persistent: POST on connections that stay open; n/a where the server closes after each answer.',
    '0/sent (≤x %): no loss seen. A server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. It is no proof of zero.',
    ...(otherRates === undefined ? [] : [otherRates]),
    ...(run.options.repeat > 1 ? ['k in n: lost something in k of n repetitions.'] : []),
    "Under 'What was lost', a share in brackets is the 95 % interval of Clopper and Pearson for terminations that lose something.",
    ...(hasProbes(report.rows)
      ? [
          'strategy: what a probe with raw connections saw after SIGTERM, quiet and with requests in flight (busy); scripts/analysis/probe/README.md defines each.',
        ]
      : []),
    'drain: SIGTERM to exit of a pod, shortest to longest. exit: exit code; killed: by the lab, when the grace period was over.',
  ];
}

function lossLines({ rows }: RunReport): string[] {
  return rows.flatMap(({ variant, cells }) =>
    cells.flatMap(({ scenario, columns: found, hiddenResends }) => {
      if (found === null) return [];
      const lines = columns.flatMap((name) => {
        const { lost, of, byClass, byPhase, terminations, terminationsWithLoss, bound } = found[name];
        if (lost === 0) return [];
        const share =
          bound === null
            ? ''
            : `; ${terminationsWithLoss} of ${terminations} terminations (${boundText(bound)})`;
        return [
          `${variant}, ${scenario}, ${name}: ${lost} of ${of}: ${tallyText(byClass)}; ${phaseText(byPhase)}${share}`,
        ];
      });
      if (hiddenResends > 0) {
        lines.push(
          `${variant}, ${scenario}, persistent GET: ${hiddenResends} resent by the client without telling; another client would have lost them`,
        );
      }
      return lines;
    }),
  );
}

function differingLines({ run, differing }: RunReport): string[] {
  if (run.options.repeat === 1) return [];
  if (differing.length === 0) return ['none: every cell lost in the same ways in all of its repetitions'];
  return differing.map(({ variant, scenario, column, classes }) => {
    const each = classes.map((names) => (names.length === 0 ? 'nothing' : names.join(' and ')));
    return `${variant}, ${scenario}, ${column}: ${each.join('; ')}`;
  });
}

/** Phases as a reader says them: what the pod did when the request reached it. */
const phaseWords: Record<Phase, string> = {
  starting: 'starting',
  serving: 'serving',
  deleted: 'in preStop',
  terminating: 'told to stop',
  draining: 'no longer listening',
  exited: 'gone',
  unknown: 'not known',
};

function phaseText(byPhase: Partial<Record<Phase, number>>): string {
  const words = Object.entries(byPhase).map(([phase, count]) => [phaseWords[phase as Phase], count]);
  return `the pod was ${tallyText(Object.fromEntries(words) as Record<string, number>)} when it was to answer`;
}

function controlLines({ controls }: RunReport): string[] {
  return controls.map((check) => {
    const place = `${check.control}, ${placeText(check)}`;
    const alarm =
      check.falseAlarmRate === null
        ? ''
        : `; false alarms: ${falseAlarmText(check.falseAlarmRate)} (${check.falseAlarmBasis})`;
    return `${controlMark(check)}: ${place}: ${check.expectation}; seen: ${check.seen}${alarm}`;
  });
}

function instrumentLines(trials: readonly TrialSummary[]): string[] {
  if (trials.length === 0) return [];
  const most = (
    figure: (trial: TrialSummary) => number | null | undefined,
  ): { value: number; id: string } | undefined =>
    trials
      .flatMap((trial) => {
        const value = figure(trial);
        return value === null || value === undefined ? [] : [{ value, id: trial.id }];
      })
      .sort((a, b) => b.value - a.value)[0];
  const ratio = most(({ time }) => time.ratio);
  const lag = most(({ load }) => load.scheduleLagP99Ms);
  const lines = [
    `requests dropped by k6: ${trials.reduce((sum, { load }) => sum + load.dropped, 0)} in ${trials.length} trials`,
  ];
  if (lag)
    lines.push(`schedule lag, 99th percentile: at most ${lag.value.toFixed(1)} ms (${lag.id}); limit 20 ms`);
  if (ratio) {
    const trial = trials.find(({ id }) => id === ratio.id);
    const of = `${seconds(trial?.time.wallMs ?? 0)} of ${seconds(trial?.time.unavoidableMs ?? 0)}`;
    lines.push(
      `time of a trial against what cannot be avoided (warm-up + replicas × (start + probe period) + preStop + drain + tail): at most ${ratio.value.toFixed(2)} (${of}, ${ratio.id}); limit 1.30`,
    );
  }
  for (const process of ['lab', 'balancer', 'k6'] as const) {
    const cores = most(({ usage }) => usage[process]?.cores);
    const memory = most(({ usage }) => usage[process]?.residentBytes);
    if (cores === undefined) continue;
    const resident = memory === undefined ? '' : `, ${(memory.value / 1e6).toFixed(0)} MB`;
    lines.push(`${process}: at most ${percentOfCore(cores.value)} of one core (${cores.id})${resident}`);
  }
  return lines;
}

function percentOfCore(cores: number): string {
  return `${(cores * 100).toFixed(1)} %`;
}

function remarkLines({ remarks, trials, run }: RunReport): string[] {
  return [
    ...remarks,
    ...run.rowFailures.map(({ variant, reason }) => `${variant}: ${reason.split('\n')[0] ?? ''}`),
    ...trials.flatMap(({ id, invalid, flags }) => [
      ...invalid.map(({ code, text }) => `${id} is invalid (${code}): ${text}`),
      ...flags.map(({ code, text }) => `${id} (${code}): ${text}`),
    ]),
  ];
}

function clusterLines({ run }: RunReport): string[] {
  const { name, pid1, propagationDelayMs, limits, reasons } = run.cluster;
  return [
    `${name}; pods are ${pid1 ? '' : 'not '}PID 1 of their own PID namespace; endpoints are removed ${propagationDelayMs} ms after deletion`,
    ...reasons,
    ...limits,
  ];
}

function environmentLines({ run }: RunReport): string[] {
  const { versions, host, options } = run;
  const toolchains = Object.entries(versions.toolchains).map(([name, version]) => `${name} ${version}`);
  const { buildMs, probesMs, trialsMs } = run.durations;
  const times = [
    ...(buildMs === null ? [] : [`builds ${minutes(buildMs)}${buildsText(run.builds)}`]),
    ...(typeof probesMs === 'number' ? [`${(run.probes ?? []).length} probes ${minutes(probesMs)}`] : []),
    ...(trialsMs === null ? [] : [`${run.trials.length} planned trials ${minutes(trialsMs)}`]),
  ];
  return [
    `run ${run.id}, started ${run.started}, seed ${run.seed}, ${options.ratePerSecond} requests/s, ${options.repeat} ${options.repeat === 1 ? 'repetition' : 'repetitions'}`,
    `lab ${versions.lab}, Node.js ${versions.node}, k6 ${versions.k6}; apps: ${toolchains.join(', ')}`,
    `${host.platform} ${host.kernel}, ${host.cpus} × ${host.cpuModel}, ${(host.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    ...(times.length === 0 ? [] : [`time: ${times.join(', ')}`]),
  ];
}

/** Builds from the cache tell nothing about how long building takes. */
function buildsText(builds: RunInfo['builds']): string {
  if (builds === undefined || builds.length === 0) return '';
  const cached = builds.filter((build) => build.cached).length;
  return ` (${builds.length} apps, ${cached} from the cache)`;
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function reproduceLines({ rows, run }: RunReport): string[] {
  return rows
    .filter(({ scenarios }) => scenarios.length > 0)
    .map(({ variant, scenarios }) => {
      const scenario = run.scenarios.find(({ id }) => scenarios.includes(id))?.id ?? '';
      return reproduceCommand(variant, scenario);
    });
}
