import { askEngine } from '../../support/engine-command.ts';
import { nodeContainers } from '../kind/containers.ts';

/** Names of the clusters that tests make: none is that of a lab that may run on this machine. */
export const testClusters = {
  /** For tests that only need a cluster. With `KEEP_TEST_CLUSTER=1` it stays for the next tests. */
  shared: 'zero-downtime-lab-test',
  faults: 'zero-downtime-lab-faults',
  life: 'zero-downtime-lab-life',
} as const;

/** Removes what there is of a cluster, whoever made it. */
export async function removeNodes(cluster: string): Promise<void> {
  for (const { id } of await nodeContainers(cluster)) await askEngine(['rm', '--force', '--volumes', id]);
}
