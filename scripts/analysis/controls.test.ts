import { describe, expect, test } from 'vitest';
import { kindRun } from '../report/testing/kind-run.ts';
import { findingsOf, syntheticRun } from '../report/testing/synthetic-run.ts';
import { checkControls, runVerdict } from './controls.ts';
import type { TrialFindings } from './findings.ts';
import { propagationDelayOf, withPropagationDelay } from './propagation.ts';
import type { SyntheticOptions } from './testing/synthetic.ts';

const run = { scenarios: ['naive', 'prestop', 'slow'], controls: true, failures: [] };
const passing = findingsOf(syntheticRun());

const failed = (findings: readonly TrialFindings[]) =>
  checkControls(findings, run)
    .filter(({ passed }) => passed === false)
    .map(({ control, kind, scenario }) => `${control} ${kind === 'sham' ? 'sham' : scenario}`);

const altered = (variant: string, scenario: string, change: Partial<SyntheticOptions>) =>
  findingsOf(
    syntheticRun((options) => {
      const name = options.kind === 'sham' ? 'sham' : (options.scenario ?? '');
      return options.variant === variant && name === scenario ? { ...options, ...change } : options;
    }),
  );

const oneLoss: Partial<SyntheticOptions> = {
  fail: ({ id }) =>
    id === 'fresh-get-60' ? { errorCode: 1220, errorText: 'read: connection reset by peer' } : undefined,
};
const harmless: Partial<SyntheticOptions> = { fail: () => undefined };

test('controls that come out as they are built prove the run', () => {
  const checks = checkControls(passing, run);
  expect(checks.map(({ control, passed }) => [control, passed])).toEqual([
    ['controls/ideal', true],
    ['controls/ideal', true],
    ['controls/ideal', true],
    ['controls/ideal', true],
    ['controls/abrupt', true],
    ['controls/abrupt', true],
    ['controls/hang-up', true],
    ['controls/stubborn', true],
  ]);
  for (const { falseAlarmRate } of checks) expect(falseAlarmRate).toBeLessThan(0.001);
  expect(runVerdict(checks)).toBe('proven');
});

describe('every control can fail', () => {
  const baseline = { fail: ({ iteration }: { iteration: number }) => lostAt(iteration) };
  const lostAt = (iteration: number) =>
    iteration === 3 ? { errorCode: 1000, errorText: 'EOF', how: 'FIN' as const } : undefined;
  test.each([
    { name: 'a failure without a restart', variant: 'ideal', scenario: 'sham', change: baseline },
    { name: 'ideal loses one request', variant: 'ideal', scenario: 'naive', change: late(oneLoss) },
    { name: 'nothing was refused', variant: 'abrupt', scenario: 'naive', change: harmless },
    { name: 'nothing was cut', variant: 'abrupt', scenario: 'slow', change: harmless },
    { name: 'no POST was lost', variant: 'hang-up', scenario: 'prestop', change: harmless },
    { name: 'the trial is invalid', variant: 'hang-up', scenario: 'prestop', change: baseline },
    {
      name: 'pods exited by themselves',
      variant: 'stubborn',
      scenario: 'naive',
      change: { exit: { exitCode: 0 } },
    },
    { name: 'too little load', variant: 'abrupt', scenario: 'slow', change: { ratePerSecond: 10 } },
  ])('$name', ({ variant, scenario, change }) => {
    const findings = altered(`controls/${variant}`, scenario, change);
    expect(failed(findings)).toEqual([`controls/${variant} ${scenario}`]);
    expect(runVerdict(checkControls(findings, run))).toBe('invalid');
  });

  function late(change: Partial<SyntheticOptions>): Partial<SyntheticOptions> {
    return {
      fail: (request) =>
        request.terminating === undefined ? undefined : change.fail?.({ ...request, id: 'fresh-get-60' }),
    };
  }
});

test('hang-up fails when GET loses as much as POST, and when nothing was resent', () => {
  const reset = { errorCode: 1220, errorText: 'read: connection reset by peer' };
  const fail: SyntheticOptions['fail'] = ({ population, terminating }) =>
    terminating !== undefined && population.startsWith('persistent') ? reset : undefined;
  expect(failed(altered('controls/hang-up', 'prestop', { fail }))).toEqual(['controls/hang-up prestop']);
  const onlyPost: SyntheticOptions['fail'] = ({ population, terminating }) =>
    terminating !== undefined && population === 'persistent-post' ? reset : undefined;
  expect(failed(altered('controls/hang-up', 'prestop', { fail: onlyPost }))).toEqual([
    'controls/hang-up prestop',
  ]);
});

test('a control that is too weak says so', () => {
  const checks = checkControls(altered('controls/hang-up', 'prestop', { ratePerSecond: 20 }), run);
  expect(checks.find(({ control }) => control === 'controls/hang-up')?.seen).toContain(
    'too little load to tell: it would fail by chance in 0.4 % of runs (limit 0.1 %)',
  );
});

describe('a control that was repeated', () => {
  const eof = (fails: boolean) =>
    fails ? { errorCode: 1000, errorText: 'EOF', how: 'FIN' as const } : undefined;
  const disturbed = altered('controls/abrupt', 'naive', { fail: ({ iteration }) => eof(iteration === 3) });
  const blind = altered('controls/abrupt', 'naive', harmless);

  test.each([
    { name: 'passes although one repetition is invalid', repetitions: [disturbed, passing], failing: [] },
    {
      name: 'fails when one repetition does',
      repetitions: [passing, blind],
      failing: ['controls/abrupt naive'],
    },
    {
      name: 'fails when all are invalid',
      repetitions: [disturbed, disturbed],
      failing: ['controls/abrupt naive'],
    },
  ])('$name', ({ repetitions, failing }) => {
    const findings = repetitions.flatMap((trials) =>
      trials.filter(({ trial }) => trial.variant === 'controls/abrupt' && trial.scenario === 'naive'),
    );
    const others = passing.filter(
      ({ trial }) => !(trial.variant === 'controls/abrupt' && trial.scenario === 'naive'),
    );
    expect(failed([...others, ...findings])).toEqual(failing);
  });
});

test('only what the run contains is checked', () => {
  const checks = checkControls(passing, { ...run, scenarios: ['slow'] });
  expect(checks.map(({ control, kind, scenario }) => `${control} ${kind} ${scenario}`)).toEqual([
    'controls/ideal sham naive',
    'controls/ideal restart slow',
    'controls/abrupt restart slow',
  ]);
});

test('what did not run is neither passed nor failed', () => {
  const without = passing.filter(({ trial }) => trial.variant !== 'controls/stubborn');
  const checks = checkControls(without, run);
  expect(checks.at(-1)).toMatchObject({ passed: null, seen: 'its trial did not run', falseAlarmRate: null });
  expect(runVerdict(checks)).toBe('unproven');
  const none = checkControls([], { ...run, controls: false });
  expect(none.every(({ passed, seen }) => passed === null && seen === 'run without controls')).toBe(true);
  expect(runVerdict(none)).toBe('unproven');
});

test('a control that could not be deployed has failed', () => {
  const without = passing.filter(({ trial }) => trial.variant !== 'controls/stubborn');
  const failures = [{ variant: 'controls/stubborn', reason: 'never became ready' }];
  expect(checkControls(without, { ...run, failures }).at(-1)).toMatchObject({
    passed: false,
    seen: 'never became ready',
  });
});

describe('on Kubernetes', () => {
  const onKind = findingsOf(kindRun());
  const silent = findingsOf(
    kindRun((options) =>
      options.variant === 'controls/hang-up'
        ? {
            ...options,
            fail: ({ population, terminating }) =>
              terminating !== undefined && population === 'persistent-post'
                ? { errorCode: 1000, errorText: 'EOF' }
                : undefined,
          }
        : options,
    ),
  );

  test('the same controls come out as they are built, from what k6 alone saw', () => {
    const checks = checkControls(withPropagationDelay(onKind, propagationDelayOf(onKind)), run);
    expect(checks.map(({ control, scenario, passed }) => `${control} ${scenario} ${passed}`)).toEqual(
      checkControls(passing, run).map(({ control, scenario }) => `${control} ${scenario} true`),
    );
    for (const { falseAlarmRate } of checks) expect(falseAlarmRate).toBeLessThan(0.001);
  });

  test('hang-up fails when no resend shows', () => {
    expect(failed(silent)).toEqual(['controls/hang-up prestop']);
  });

  test('without a known propagation delay a control passes by what it shows, and says what is missing', () => {
    const abrupt = checkControls(onKind, run).find(({ expectation }) => expectation.includes('refused'));
    expect(abrupt).toMatchObject({
      passed: true,
      falseAlarmRate: null,
      falseAlarmBasis: 'the propagation delay was not measured',
    });
  });
});
