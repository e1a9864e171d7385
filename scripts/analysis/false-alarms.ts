import type { TrialFindings } from './findings.ts';
import { connectionEndsPerRollout } from './statistics.ts';

/** A control that would fail more often than this by chance proves nothing when it passes. */
export const falseAlarmLimit = 0.001;

/** How often a control fails though the lab works, and how that was reckoned. */
export interface FalseAlarm {
  /** Null where it cannot be reckoned, for the reason in `basis`. */
  rate: number | null;
  basis: string;
}

type Conditions = Pick<TrialFindings, 'replicas' | 'conditions'>;

/** A failure of this control is always one of the instrument. */
export function byConstruction(why: string): FalseAlarm {
  return { rate: 0, basis: `0 by construction: ${why}` };
}

/**
 * The chance to see none of mu expected losses is e^-mu, were requests sent at random moments; k6 sends
 * them evenly, which misses a long window less often. Over several trials the chances add up.
 */
function missing(lossesExpected: number, trials: number, basis: string): FalseAlarm {
  return {
    rate: Math.min(1, trials * Math.exp(-lossesExpected)),
    basis: `${basis}; rate = ${trials === 1 ? '' : `${trials} × `}e^-mu`,
  };
}

/** How long the control `hang-up` reads requests without answering. */
const hangUpMs = 200;

/** Requests on persistent connections that the control `hang-up` leaves without an answer. */
export function hangUpMissed({ replicas, conditions }: Conditions, trials: number): FalseAlarm {
  const rate = conditions.ratePerSecond['persistent-post'];
  const { terminations } = conditions;
  return duringWindow({ replicas, terminations, ratePerSecond: rate, windowMs: hangUpMs }, trials);
}

/** Requests on persistent connections in flight when the control `abrupt` exits. */
export function inFlightMissed({ replicas, conditions }: Conditions, trials: number): FalseAlarm {
  const rate = conditions.ratePerSecond['persistent-post'];
  const { terminations, requestDelayMs: windowMs } = conditions;
  return duringWindow({ replicas, terminations, ratePerSecond: rate, windowMs }, trials);
}

function duringWindow(
  window: { replicas: number; terminations: number | undefined; ratePerSecond: number; windowMs: number },
  trials: number,
): FalseAlarm {
  const { replicas, terminations, ratePerSecond, windowMs } = window;
  const perRollout = connectionEndsPerRollout(replicas, terminations);
  const expected = (perRollout * ratePerSecond * windowMs) / 1000;
  return missing(
    expected,
    trials,
    `mu = K × persistent POST rate × window = ${perRollout.toFixed(3)} × ${ratePerSecond}/s × ${windowMs / 1000} s = ${expected.toFixed(1)}`,
  );
}

/** New connections sent to a pod of the control `abrupt` between its exit and its leaving the endpoints. */
export function refusalMissed({ replicas, conditions }: Conditions, trials: number): FalseAlarm {
  const { ratePerSecond, propagationDelayMs, terminations = replicas } = conditions;
  const rate = ratePerSecond['fresh-get'] + ratePerSecond['fresh-post'];
  if (propagationDelayMs === null) return { rate: null, basis: 'the propagation delay was not measured' };
  const expected = (rate * propagationDelayMs * terminations) / 1000 / (replicas + 1);
  return missing(
    expected,
    trials,
    `mu = fresh rate × propagation delay × terminations / (replicas + 1) = ${rate}/s × ${propagationDelayMs / 1000} s × ${terminations} / ${replicas + 1} = ${expected.toFixed(1)}`,
  );
}
