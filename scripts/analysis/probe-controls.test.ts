import { describe, expect, test } from 'vitest';
import { cleanSweep } from '../report/testing/probed.ts';
import { checkProbeControls } from './probe-controls.ts';
import type { PartLabel, ProbeFindings } from './probe/model.ts';
import type { SweepFindings } from './probe/sweep.ts';
import type { ProbedVariant } from './probed.ts';

function probeWith(variant: string, label: PartLabel): ProbeFindings {
  return {
    variant,
    strategy: label,
    byRepetition: {},
    parts: [{ label, condition: 'quiet', evidence: ['quiet-idle.1#0'] }],
    inFlight: '',
    late: '',
    arrivals: [],
    drainBound: { bounds: ['nothing'], text: '' },
    exits: [],
    states: [],
    sessions: [],
    invalid: [],
  };
}

function sweepWith(lost: number, change: Partial<SweepFindings> = {}): SweepFindings {
  const losses = Array.from({ length: lost }, () => ({ offsetMs: 1, outcome: 'lost by FIN' as const }));
  return cleanSweep({ variant: 'controls/window', losses, ...change });
}

const probed = (variant: string, change: Partial<ProbedVariant>): ProbedVariant => ({
  variant,
  probe: null,
  sweep: null,
  failure: null,
  ...change,
});

function passing(): ProbedVariant[] {
  const labels: [string, PartLabel][] = [
    ['controls/ideal', 'one more message'],
    ['controls/abrupt', 'cuts in flight'],
    ['controls/hang-up', 'swallows'],
    ['controls/stubborn', 'ignores SIGTERM'],
  ];
  return [
    probed('controls/window', { sweep: sweepWith(11) }),
    ...labels.map(([variant, label]) =>
      probed(variant, { probe: probeWith(variant, label), sweep: sweepWith(0) }),
    ),
  ];
}

const planned = passing().map(({ variant }) => variant);

/** The probes of a run in which one control was seen otherwise. */
function altered(variant: string, change: Partial<ProbedVariant>): ProbedVariant[] {
  return passing().map((one) => (one.variant === variant ? { ...one, ...change } : one));
}

test('all pass when the instrument sees what the controls show', () => {
  const checks = checkProbeControls(passing(), planned);
  expect(checks.map(({ passed }) => passed)).toEqual([true, true, true, true, true, true]);
  expect(checks.at(-1)).toMatchObject({ control: 'controls/window', seen: '11 of 400 requests lost' });
  // 0.975^400
  expect(checks.at(-1)?.falseAlarmRate).toBeCloseTo(4.0e-5, 6);
});

describe('a blinded instrument fails', () => {
  test.each([
    { name: 'SIGTERM was not sent', variant: 'controls/ideal', label: 'ignores SIGTERM' },
    { name: 'what is in flight was not looked at', variant: 'controls/abrupt', label: 'immediate hang-up' },
    { name: 'answers were invented', variant: 'controls/hang-up', label: 'one more message' },
    { name: 'it was killed too early', variant: 'controls/stubborn', label: 'cuts in flight' },
  ] as const)('$name', ({ variant, label }) => {
    const failed = checkProbeControls(altered(variant, { probe: probeWith(variant, label) }), planned).filter(
      ({ passed }) => passed === false,
    );
    expect(failed).toMatchObject([{ control: variant, kind: 'probe', seen: label }]);
  });

  test.each([
    { name: 'the window was not found', sweep: sweepWith(0), seen: '0 of 400 requests lost' },
    {
      name: 'the machine was too busy to sweep',
      sweep: sweepWith(0, { terminations: 0, invalid: ['sweep 1: too busy'] }),
      seen: 'sweep 1: too busy',
    },
  ])('$name', ({ sweep, seen }) => {
    const [failed] = checkProbeControls(altered('controls/window', { sweep }), planned).filter(
      ({ passed }) => passed === false,
    );
    expect(failed).toMatchObject({ control: 'controls/window', kind: 'sweep', seen });
  });

  test('a loss where there can be none', () => {
    const failed = checkProbeControls(altered('controls/ideal', { sweep: sweepWith(3) }), planned).filter(
      ({ passed }) => passed === false,
    );
    expect(failed).toMatchObject([{ control: 'controls/ideal', kind: 'sweep' }]);
  });
});

test('a control that could not be probed fails, one that was not probed yet has not run', () => {
  const failure = 'controls/abrupt cannot be probed.';
  const broken = altered('controls/abrupt', { probe: null, failure });
  expect(checkProbeControls(broken, planned)).toContainEqual(
    expect.objectContaining({ control: 'controls/abrupt', passed: false, seen: failure }),
  );
  const missing = passing().filter(({ variant }) => variant !== 'controls/window');
  expect(checkProbeControls(missing, planned).at(-1)).toMatchObject({ passed: null });
});

test('nothing is asked of a run without probes', () => {
  expect(checkProbeControls([], [])).toEqual([]);
});
