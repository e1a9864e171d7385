import { probeKey, type ProbesEstimate, type TrialHistory } from '../../catalogue/estimate.ts';
import type { Variant } from '../../catalogue/model.ts';
import { probeSessions } from '../../probe/sessions.ts';
import { probeTimes } from '../../probe/times.ts';
import type { ClusterName } from '../../support/lab-options.ts';
import type { PlannedRun } from '../planned.ts';
import { startingAtOnce, terminationsApartMs } from './probe-variant.ts';
import { plannedProbes, sweptOnly } from './stored.ts';

/** What cannot be avoided in a sweep of a server that runs. */
const sweepMs = (() => {
  const { sweepSpreadMs, sweepLeadMs, sweepRehearsals, sweepRestMs, sweepTailMs } = probeTimes;
  const roundMs = sweepLeadMs + 2 * sweepSpreadMs;
  return sweepRehearsals * (roundMs + sweepRestMs) + roundMs + sweepTailMs;
})();

/**
 * How long the probe and the sweep of a variant take: as in an earlier run where there is one, else as if it exited as
 * soon as it has answered what is in flight. One that does not is waited for until the end of its grace period, which
 * nothing tells beforehand.
 */
export function estimateProbe(
  { id, startUpMs }: Pick<Variant, 'id' | 'startUpMs'>,
  history: TrialHistory,
): number {
  const measuredMs = history.get(probeKey(id));
  if (measuredMs !== undefined) return measuredMs;
  const sweep = startUpMs + sweepMs;
  if (sweptOnly(id)) return sweep;
  const sessions = probeSessions().length;
  const startsMs = Math.ceil(sessions / startingAtOnce) * startUpMs;
  const turnsMs = (sessions - 1) * terminationsApartMs;
  return startsMs + turnsMs + probeTimes.idleLongBeforeMs + probeTimes.inFlightDelayMs + sweep;
}

/** Of the variants that the run has not probed yet; only the embedded cluster can be probed. */
export function estimateProbes(
  { catalogue, plan, options, probed }: Pick<PlannedRun, 'catalogue' | 'plan' | 'options' | 'probed'>,
  history: TrialHistory,
  cluster: ClusterName,
): ProbesEstimate {
  if (!options.probe || cluster !== 'embedded') return { probes: 0, ms: 0 };
  const restarted = new Set(
    plan.trials.filter(({ kind }) => kind === 'restart').map(({ variant }) => variant.id),
  );
  const all = catalogue.frameworks.flatMap(({ control, variants }) =>
    variants.map((variant) => ({ ...variant, variant: variant.id, control })),
  );
  const rows = all.filter(({ id }) => restarted.has(id));
  const done = new Set(probed.map(({ variant }) => variant));
  const left = plannedProbes(rows, catalogue).filter((id) => !done.has(id));
  const variants = all.filter(({ id }) => left.includes(id));
  const ms = variants.reduce((sum, variant) => sum + estimateProbe(variant, history), 0);
  return { probes: left.length, ms };
}
