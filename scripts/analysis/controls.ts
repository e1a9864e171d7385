import { byConstruction, falseAlarmLimit, type FalseAlarm } from './false-alarms.ts';
import { hangUpMissed, inFlightMissed, refusalMissed } from './false-alarms.ts';
import type { FailureClass, Loss, TrialFindings } from './findings.ts';
import type { ControlCheck } from './control-check.ts';
import { checkProbeControls } from './probe-controls.ts';
import type { ProbedVariant } from './probed.ts';
import { tally, tallyText } from './tally.ts';

/** What the run was to contain. */
export interface ControlledRun {
  scenarios: readonly string[];
  /** False when the run was asked to do without controls. */
  controls: boolean;
  /** Variants that could not be measured. */
  failures: readonly { variant: string; reason: string }[];
  /** What was probed, and what was to be. */
  probed?: readonly ProbedVariant[];
  probes?: readonly string[];
}

interface Rule {
  control: string;
  kind: 'restart' | 'sham';
  /** Undefined: every scenario. */
  scenario?: string;
  expectation: string;
  look: (trial: TrialFindings) => { passed: boolean; seen: string };
  falseAlarm: (trial: TrialFindings, trials: number) => FalseAlarm;
}

const cutClasses: readonly FailureClass[] = ['eof', 'reset', 'truncated'];

const rules: readonly Rule[] = [
  {
    control: 'controls/ideal',
    kind: 'sham',
    expectation: 'no failure without a restart',
    look: noLoss,
    falseAlarm: () =>
      byConstruction('nothing is restarted, so whatever fails is the fault of the instrument'),
  },
  {
    control: 'controls/ideal',
    kind: 'restart',
    expectation: 'no loss',
    look: noLoss,
    falseAlarm: () => byConstruction('it answers everything until nothing is sent any more'),
  },
  {
    control: 'controls/abrupt',
    kind: 'restart',
    scenario: 'naive',
    expectation: 'new connections refused',
    look: refusedFresh,
    falseAlarm: refusalMissed,
  },
  {
    control: 'controls/abrupt',
    kind: 'restart',
    scenario: 'slow',
    expectation: 'requests in flight cut',
    look: cutInFlight,
    falseAlarm: inFlightMissed,
  },
  {
    control: 'controls/hang-up',
    kind: 'restart',
    scenario: 'prestop',
    expectation: 'persistent POST lost where GET is resent without telling',
    look: lostWhereHidden,
    falseAlarm: hangUpMissed,
  },
  {
    control: 'controls/stubborn',
    kind: 'restart',
    scenario: 'naive',
    expectation: 'every pod killed at the end of grace',
    look: killed,
    falseAlarm: () => byConstruction('it never reacts to SIGTERM'),
  },
];

/** Holds every control of the run against what it is built to show. */
export function checkControls(findings: readonly TrialFindings[], run: ControlledRun): ControlCheck[] {
  const checks = rules.flatMap((rule) =>
    scenariosOf(rule, findings, run).map((scenario) => checkOne(rule, scenario, { findings, run })),
  );
  return [...checks, ...checkProbeControls(run.probed ?? [], run.probes ?? [])];
}

/** A sham is done once in a run, in whichever scenario; every other rule in those the run contains. */
function scenariosOf(rule: Rule, findings: readonly TrialFindings[], run: ControlledRun): string[] {
  if (rule.kind === 'sham') {
    const done = findings.find(({ trial }) => trial.kind === 'sham')?.trial.scenario;
    const planned = done ?? run.scenarios[0];
    return planned === undefined ? [] : [planned];
  }
  return run.scenarios.filter((scenario) => rule.scenario === undefined || rule.scenario === scenario);
}

function checkOne(
  rule: Rule,
  scenario: string,
  { findings, run }: { findings: readonly TrialFindings[]; run: ControlledRun },
): ControlCheck {
  const { control, kind, expectation } = rule;
  const trials = findings.filter(
    ({ trial }) => trial.variant === control && trial.kind === kind && trial.scenario === scenario,
  );
  const base = { control, scenario, kind, expectation };
  const [first] = trials;
  if (first === undefined) {
    const failure = run.failures.find(({ variant }) => variant === control);
    const failed = run.controls && failure !== undefined;
    const seen = failed ? failure.reason : run.controls ? 'its trial did not run' : 'run without controls';
    return { ...base, passed: failed ? false : null, seen, falseAlarmRate: null, falseAlarmBasis: '' };
  }
  const { rate, basis } = rule.falseAlarm(first, trials.length);
  const looks = trials.map((trial) => lookAt(rule, trial));
  // A repetition that says of itself that it could not see is no proof against the others, and none alone.
  const seeing = looks.filter(({ valid }) => valid);
  const tooWeak = rate !== null && rate > falseAlarmLimit;
  const reasons = looks.map(({ seen }) => seen);
  if (tooWeak) {
    reasons.push(
      `too little load to tell: it would fail by chance in ${(rate * 100).toFixed(1)} % of runs (limit ${falseAlarmLimit * 100} %)`,
    );
  }
  return {
    ...base,
    passed: !tooWeak && seeing.length > 0 && seeing.every(({ passed }) => passed),
    seen: reasons.join('; '),
    falseAlarmRate: rate,
    falseAlarmBasis: basis,
  };
}

function lookAt(rule: Rule, trial: TrialFindings): { valid: boolean; passed: boolean; seen: string } {
  if (trial.invalid.length === 0) return { valid: true, ...rule.look(trial) };
  const reasons = trial.invalid.map(({ text }) => text).join(', ');
  return { valid: false, passed: false, seen: `invalid: ${reasons}` };
}

function noLoss({ losses, populations }: TrialFindings): { passed: boolean; seen: string } {
  const started = Object.values(populations).reduce((sum, population) => sum + population.started, 0);
  const classes = losses.length === 0 ? '' : ` (${classesOf(losses)})`;
  return { passed: losses.length === 0, seen: `${losses.length} of ${started} requests failed${classes}` };
}

function refusedFresh({ losses, populations }: TrialFindings): { passed: boolean; seen: string } {
  const fresh = losses.filter(({ population }) => population.startsWith('fresh'));
  const refused = fresh.filter((loss) => loss.class === 'refused').length;
  const of = populations['fresh-get'].exposed + populations['fresh-post'].exposed;
  return { passed: refused > 0, seen: `${refused} of ${of} fresh requests refused` };
}

function cutInFlight({ losses, terminations }: TrialFindings): { passed: boolean; seen: string } {
  const exits = new Map(
    terminations.map(({ pod, exitedMs, betweenMs }) => [
      pod,
      betweenMs?.exitedMs?.[1] ?? exitedMs ?? Infinity,
    ]),
  );
  // Of several that may have lost it, none may have been gone.
  const cut = losses.filter(
    ({ class: kind, pod, candidates, sentMs }) =>
      cutClasses.includes(kind) &&
      (candidates ?? [pod]).every((name) => sentMs <= (exits.get(name) ?? -Infinity)),
  );
  const classes = cut.length === 0 ? '' : ` (${classesOf(cut)})`;
  return { passed: cut.length > 0, seen: `${cut.length} requests cut in flight${classes}` };
}

function lostWhereHidden({ populations }: TrialFindings): { passed: boolean; seen: string } {
  const post = populations['persistent-post'];
  const get = populations['persistent-get'];
  return {
    passed: post.failed > 0 && get.failed * 4 <= post.failed && get.hiddenResends > 0,
    seen: `POST ${post.failed} of ${post.exposed} lost; GET ${get.failed} of ${get.exposed} lost, ${get.hiddenResends} resent`,
  };
}

function killed({ terminations }: TrialFindings): { passed: boolean; seen: string } {
  const count = terminations.filter(({ killedAfterGrace }) => killedAfterGrace).length;
  return {
    passed: terminations.length > 0 && count === terminations.length,
    seen: `${count} of ${terminations.length} pods killed when grace was over`,
  };
}

function classesOf(losses: readonly Loss[]): string {
  return tallyText(tally(losses, (loss) => loss.class));
}

/** `invalid`: a control failed, so the instrument cannot be trusted; `unproven`: not all of them ran. */
export type RunVerdict = 'proven' | 'unproven' | 'invalid';

/** The verdict over a run from its controls. */
export function runVerdict(controls: readonly ControlCheck[]): RunVerdict {
  if (controls.some(({ passed }) => passed === false)) return 'invalid';
  return controls.length > 0 && controls.every(({ passed }) => passed === true) ? 'proven' : 'unproven';
}
