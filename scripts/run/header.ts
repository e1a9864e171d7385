import { probeQuantumMs } from '../catalogue/estimate.ts';
import type { LoadPlan } from '../load/load.ts';
import { turnMs } from '../load/plan.ts';
import { timelineSchema, type HeaderRecord } from '../timeline/records.ts';
import type { TrialRequest } from './trial-request.ts';

const leastTailMs = 1_000;

/** How long load goes on at least after the last old pod has gone: at low rates until every user had a turn. */
export function tailMs(load: LoadPlan): number {
  return Math.max(leastTailMs, Math.ceil(turnMs(load)));
}

/** First line of a timeline: what was planned. */
export function makeHeader(
  { trial, trigger, cluster: { info: cluster } }: Pick<TrialRequest, 'trial' | 'trigger' | 'cluster'>,
  load: LoadPlan,
): HeaderRecord {
  const { variant, scenario } = trial;
  const { manifest } = scenario;
  return {
    type: 'header',
    schema: timelineSchema,
    trial: {
      id: trial.id,
      kind: trial.kind,
      variant: variant.id,
      scenario: scenario.id,
      repetition: trial.repetition,
      ...(trigger !== 'rolling-restart' && { trigger }),
    },
    cluster: {
      name: cluster.name,
      pid1: cluster.pid1,
      propagationDelayMs: cluster.propagationDelayMs,
    },
    plan: {
      replicas: manifest.replicas,
      maxSurge: manifest.maxSurge,
      maxUnavailable: manifest.maxUnavailable,
      graceMs: manifest.graceMs,
      // How long an exec hook takes is known only when it has run.
      preStopMs: manifest.preStop?.kind === 'sleep' ? manifest.preStop.durationMs : 0,
      probeQuantumMs: probeQuantumMs(manifest),
      requestDelayMs: scenario.requestDelaySeconds * 1000,
      warmUpMs: variant.warmUpMs,
      tailMs: tailMs(load),
      ratePerSecond: load.ratePerSecond,
      users: load.users,
      requestTimeoutMs: load.requestTimeoutMs,
    },
  };
}
