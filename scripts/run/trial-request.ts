import { join } from 'node:path';
import type { Trial } from '../catalogue/model.ts';
import type { Artefact, Cluster, DeployRequest, Deployment } from '../cluster/cluster.ts';
import type { LoadPlace, LoadPlan } from '../load/load.ts';
import type { Trigger } from '../support/trigger.ts';
import type { Recording } from './recording.ts';

/** What a trial, and the pre-test of one, is run with. */
export interface TrialRequest {
  trial: Trial;
  trigger: Trigger;
  cluster: Cluster;
  artefact: Artefact;
  loadPlan: LoadPlan;
  /** The program of k6, or its image where load comes from inside the cluster. */
  k6: string;
  /** Its own folder. */
  folder: string;
  signal: AbortSignal;
  /** What it does now, for the progress line. */
  onStep: (step: string) => void;
}

/** From where load reaches a deployment, and what makes it there. */
export function loadFrom({ loadPlace }: Pick<Deployment, 'loadPlace'>, k6: string): LoadPlace {
  return loadPlace.from === 'host' ? loadPlace : { ...loadPlace, image: k6 };
}

/** Deploys what the trial is about. */
export function deploy(
  { trial, cluster, artefact, folder, signal }: TrialRequest,
  recording: Recording,
  onAccepted?: DeployRequest['onAccepted'],
): Promise<Deployment> {
  const { variant, scenario } = trial;
  return cluster.deploy({
    variant,
    manifest: scenario.manifest,
    artefact,
    env: { HELLO_REST_REQUEST_DELAY: String(scenario.requestDelaySeconds) },
    logFolder: join(folder, 'pods'),
    signal,
    ...(onAccepted && { onAccepted }),
    ...recording,
  });
}
