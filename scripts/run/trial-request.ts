import { join } from 'node:path';
import type { Trial } from '../catalogue/model.ts';
import type { Artefact, Cluster, Deployment } from '../cluster/cluster.ts';
import type { LoadPlan } from '../load/load.ts';
import type { Recording } from './recording.ts';

/** What a trial, and the pre-test of one, is run with. */
export interface TrialRequest {
  trial: Trial;
  cluster: Cluster;
  artefact: Artefact;
  loadPlan: LoadPlan;
  k6: string;
  /** Its own folder. */
  folder: string;
  signal: AbortSignal;
  /** What it does now, for the progress line. */
  onStep: (step: string) => void;
}

/** Deploys what the trial is about. */
export function deploy(
  { trial, cluster, artefact, folder, signal }: TrialRequest,
  recording: Recording,
): Promise<Deployment> {
  const { variant, scenario } = trial;
  return cluster.deploy({
    variant,
    manifest: scenario.manifest,
    artefact,
    env: { HELLO_REST_REQUEST_DELAY: String(scenario.requestDelaySeconds) },
    logFolder: join(folder, 'pods'),
    signal,
    ...recording,
  });
}
