import type { Manifest, Trial } from '../catalogue/model.ts';
import type { ClusterInfo } from '../cluster/cluster.ts';
import type { LoadPlan } from '../load/load.ts';
import { timelineSchema, type HeaderRecord } from '../timeline/records.ts';

/** Load goes on at least this long after the last old pod has gone. */
export const tailMs = 1_000;

function probeQuantumMs(manifest: Manifest): number {
  return (manifest.startupProbe ?? manifest.readinessProbe)?.periodMs ?? 0;
}

/** First line of a timeline: what was planned. */
export function makeHeader(trial: Trial, cluster: ClusterInfo, load: LoadPlan): HeaderRecord {
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
      tailMs,
      ratePerSecond: load.ratePerSecond,
      users: load.users,
      requestTimeoutMs: load.requestTimeoutMs,
    },
  };
}
