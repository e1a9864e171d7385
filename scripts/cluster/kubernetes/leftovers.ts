import type { Kubectl } from '../../support/kubectl.ts';
import type { Api } from './api.ts';
import { labNamespaces, removeNamespace } from './namespace.ts';
import { releaseCordons } from './cordon.ts';
import { describeOwner, stateOf, type Owner } from './owner.ts';

/**
 * Removes what labs left behind that did not end in order: their namespaces and cordons, and nothing of a lab that
 * lives, or of which it cannot be known whether it does.
 */
export async function removeLeftovers(
  cluster: { api: Api; kubectl: Kubectl },
  here: Owner,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (text: string) => void },
): Promise<void> {
  const { kubectl } = cluster;
  await releaseCordons(cluster, here, onProgress);
  for (const { name, owner } of await labNamespaces(kubectl, signal)) {
    signal.throwIfAborted();
    const state = owner === undefined ? 'unknown' : stateOf(owner, here);
    if (state === 'alive') continue;
    const whose = owner === undefined ? 'a lab that does not say which' : describeOwner(owner);
    if (state === 'unknown') {
      const command = kubectl.in(undefined).argv(['delete', 'namespace', name]).join(' ');
      onProgress(
        `The namespace ${name} belongs to ${whose}; whether that lab still runs cannot be seen from here. If not: ${command}`,
      );
      continue;
    }
    onProgress(`removing the namespace ${name}, left behind by ${whose}`);
    const problem = await removeNamespace(kubectl, name);
    if (problem !== undefined) onProgress(problem);
  }
}

/** Labs that use this cluster now, beside this one; also those of which it cannot be known. */
export async function otherLabs(kubectl: Kubectl, here: Owner): Promise<string[]> {
  const namespaces = await labNamespaces(kubectl);
  return namespaces.flatMap(({ name, owner }) => {
    if (owner === undefined) return [`namespace ${name}`];
    const isThis = owner.pid === here.pid && owner.started === here.started && owner.boot === here.boot;
    return isThis || stateOf(owner, here) === 'dead' ? [] : [describeOwner(owner)];
  });
}
