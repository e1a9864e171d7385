import type { ControlCheck } from './control-check.ts';
import type { StrategyLabel } from './probe/model.ts';
import type { SweepFindings } from './probe/sweep.ts';
import type { ProbedVariant } from './probed.ts';

/** What a probe or a sweep of a control must show. */
interface Rule {
  control: string;
  kind: 'probe' | 'sweep';
  expectation: string;
  look: (probed: ProbedVariant) => { passed: boolean; seen: string };
  /** Chance that it fails though the lab works, and how that was reckoned. */
  falseAlarm: (probed: ProbedVariant) => { rate: number; basis: string };
}

/** How long the control `window` loses what it reads, by default. */
const windowMs = 1;

const byConstruction = () => ({ rate: 0, basis: '0 by construction: it always ends like that' });

const rules: readonly Rule[] = [
  strategyRule('controls/ideal', 'one more message'),
  strategyRule('controls/abrupt', 'cuts in flight'),
  strategyRule('controls/hang-up', 'swallows'),
  strategyRule('controls/stubborn', 'ignores SIGTERM'),
  {
    control: 'controls/ideal',
    kind: 'sweep',
    expectation: 'no loss around SIGTERM',
    look: ({ sweep }) => lookAtSweep(sweep, (lost) => lost === 0),
    falseAlarm: () => ({ rate: 0, basis: '0 by construction: it answers everything' }),
  },
  {
    control: 'controls/window',
    kind: 'sweep',
    expectation: `a loss window of ${windowMs} ms found`,
    look: ({ sweep }) => lookAtSweep(sweep, (lost) => lost > 0),
    falseAlarm: ({ sweep }) => windowMissed(sweep),
  },
];

function strategyRule(control: string, label: StrategyLabel): Rule {
  return {
    control,
    kind: 'probe',
    expectation: `strategy with \`${label}\``,
    look({ probe }) {
      if (probe === null) return { passed: false, seen: 'nothing' };
      return { passed: probe.parts.some((part) => part.label === label), seen: probe.strategy };
    },
    falseAlarm: byConstruction,
  };
}

function lookAtSweep(sweep: SweepFindings | null, expected: (lost: number) => boolean) {
  if (sweep === null || sweep.terminations === 0) {
    return { passed: false, seen: sweep?.invalid.join('; ') ?? 'nothing' };
  }
  const lost = sweep.losses.length;
  return { passed: expected(lost), seen: `${lost} of ${sweep.sent} requests lost` };
}

/** Moments are uniform over the span, so each misses a window of w with the chance 1 − w/span. */
function windowMissed(sweep: SweepFindings | null): { rate: number; basis: string } {
  if (sweep === null || sweep.spanMs === null) return { rate: 1, basis: 'no valid sweep' };
  const rate = (1 - windowMs / sweep.spanMs) ** sweep.sent;
  const basis = `(1 − ${windowMs} ms / ${sweep.spanMs.toFixed(1)} ms)^${sweep.sent}`;
  return { rate, basis };
}

/** Holds the probes and sweeps of the controls against what these are built to show; none when none was planned. */
export function checkProbeControls(
  probed: readonly ProbedVariant[],
  planned: readonly string[],
): ControlCheck[] {
  return rules
    .filter(({ control }) => planned.includes(control))
    .map(({ control, kind, expectation, look, falseAlarm }) => {
      const base = { control, scenario: '', kind, expectation };
      const found = probed.find(({ variant }) => variant === control);
      if (found === undefined) {
        return {
          ...base,
          passed: null,
          seen: 'it was not probed',
          falseAlarmRate: null,
          falseAlarmBasis: '',
        };
      }
      if (found.failure !== null) {
        return { ...base, passed: false, seen: found.failure, falseAlarmRate: null, falseAlarmBasis: '' };
      }
      const { rate, basis } = falseAlarm(found);
      return { ...base, ...look(found), falseAlarmRate: rate, falseAlarmBasis: basis };
    });
}
