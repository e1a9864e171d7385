import { checkEngine } from '../../support/engine.ts';
import { openMade } from '../kind/made.ts';
import { thisOwner } from '../kubernetes/owner.ts';
import { removeNodes, testClusters } from './test-clusters.ts';

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
