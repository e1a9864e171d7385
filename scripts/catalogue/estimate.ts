import type { Manifest, Trial } from './model.ts';

/** What the model takes for granted where no earlier run has measured it; rather long than short. */
export const assumedMs = {
  /** From SIGTERM until the exit of a server that is not in the middle of a request. */
  drain: 500,
  /** A `preStop` command, whose duration nothing states. */
  preStopCommand: 1000,
  /** Load after the last old pod has gone. */
  tail: 2000,
} as const;

/** Cores that the first replicas, which start together, share in the model. */
const assumedCores = 2;

/** Milliseconds that trials and probes took in an earlier run, by `trialKey` and `probeKey`. */
export type TrialHistory = ReadonlyMap<string, number>;

/** How long a trial will take, and how that is known. */
export interface TrialEstimate {
  ms: number;
  /** Part of it in which the trial waits for processes to start, by `startUpSeconds` of the app. */
  startUpMs: number;
  source: 'earlier run' | 'model';
}

/** What the probes of a run add to its trials. */
export interface ProbesEstimate {
  /** Variants that are to be probed. */
  probes: number;
  ms: number;
}

/** What a trial is called across runs and repetitions: `express/terminus/naive`, `controls/ideal/sham`. */
export function trialKey(trial: Trial): string {
  return `${trial.variant.id}/${trial.kind === 'sham' ? 'sham' : trial.scenario.id}`;
}

/** What the probe of a variant is called across runs: `express/terminus/_probe`; no scenario can have that name. */
export function probeKey(variant: string): string {
  return `${variant}/_probe`;
}

/**
 * The duration of an earlier run where there is one, else the sum of what cannot be avoided: deployment,
 * warm-up, rounds of replacing pods, `preStop` and drain of the last old pod (those of the others overlap
 * with the rounds), tail. A sham takes as long: its load runs for the time of a restart.
 */
export function estimateTrial(trial: Trial, history: TrialHistory): TrialEstimate {
  const { variant, scenario } = trial;
  const { manifest, requestDelaySeconds } = scenario;
  const rounds = Math.ceil(manifest.replicas / Math.max(1, manifest.maxSurge + manifest.maxUnavailable));
  // One process at a time is started in a round; the first replicas start together.
  const together = Math.max(1, manifest.replicas / assumedCores);
  const startUpMs = (together + rounds) * variant.startUpMs;
  const measuredMs = history.get(trialKey(trial));
  if (measuredMs !== undefined) return { ms: measuredMs, startUpMs, source: 'earlier run' };
  const readyMs = (1 + rounds) * (probeQuantumMs(manifest) + manifest.minReadyMs);
  const drainMs = Math.max(assumedMs.drain, requestDelaySeconds * 1000);
  const endMs = Math.min(preStopMs(manifest) + drainMs, manifest.graceMs);
  const ms = startUpMs + readyMs + variant.warmUpMs + endMs + assumedMs.tail;
  return { ms, startUpMs, source: 'model' };
}

/**
 * What the probes add to a start: a process that is ready just after a probe waits for the next one.
 * 0 without probes, when a pod is ready as soon as it runs.
 */
export function probeQuantumMs({ startupProbe, readinessProbe }: Manifest): number {
  const probe = startupProbe ?? readinessProbe;
  return probe === undefined ? 0 : probe.initialDelayMs + probe.periodMs * probe.successThreshold;
}

function preStopMs({ preStop }: Manifest): number {
  if (preStop === undefined) return 0;
  return preStop.kind === 'sleep' ? preStop.durationMs : assumedMs.preStopCommand;
}
