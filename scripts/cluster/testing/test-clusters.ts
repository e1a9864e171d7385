import { askEngine } from '../../support/engine-command.ts';
import { checkEngine } from '../../support/engine.ts';
import { nodeContainers } from '../kind/containers.ts';
import { openMade } from '../kind/made.ts';
import { thisOwner } from '../kubernetes/owner.ts';

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

/**
 * Runs before the tests that measure or need an engine (vitest's `globalSetup`): removes the clusters of tests that
 * were killed. The engine starts them again after a restart of the machine; their processors are missed by tests
 * that measure, and what is still in them is found by tests that count what is there.
 */
export async function setup(): Promise<void> {
  if ('reason' in (await checkEngine())) return;
  const here = await thisOwner('tests');
  for (const cluster of Object.values(testClusters)) {
    if (cluster === testClusters.shared && process.env['KEEP_TEST_CLUSTER'] !== undefined) continue;
    const made = await openMade(cluster);
    if (made.users(here).length > 0) continue;
    await removeNodes(cluster);
    made.forget();
  }
}
