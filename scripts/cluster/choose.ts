import { startEmbeddedCluster, defaultPropagationDelayMs } from './embedded/embedded.ts';
import type { Cluster } from './cluster.ts';

/** The cluster of a run, and every reason for the choice. */
export interface ChosenCluster {
  cluster: Cluster;
  reasons: string[];
}

/** Starts the cluster that was asked for; `visible` are folders that pods must be able to read. */
export function chooseCluster(name: 'embedded', visible: string[]): ChosenCluster {
  const cluster = startEmbeddedCluster({ propagationDelayMs: defaultPropagationDelayMs, visible });
  return {
    cluster,
    reasons: [`--cluster ${name}: the only cluster that this version of the lab can start.`],
  };
}
