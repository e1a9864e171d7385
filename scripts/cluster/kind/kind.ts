import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import { startKubernetesCluster } from '../kubernetes/cluster.ts';
import { thisOwner } from '../kubernetes/owner.ts';
import { projectRoot } from '../../support/project.ts';
import { KindLife } from './life.ts';
import { loadImages } from './node-images.ts';
import { nodeImageOf } from './node-image.ts';
import { enterNodes } from './nodes.ts';
import { provideKind, provideKubectl } from './tools.ts';

/** Of the lab's cluster, as in kind-config.yaml. */
export const clusterName = 'zero-downtime-lab';

export interface KindOptions {
  /** Of the cluster; the lab's own unless a test has one for itself. */
  name?: string;
  /** Version of Kubernetes. */
  kubernetes: string;
  /** Whether the cluster stays for the next run. */
  keep: boolean;
  /** Id of the run, for those who find what it left. */
  run: string;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * The lab's own kind cluster, found or made, with a namespace of its own for this run. Disposing it removes the
 * namespace, and the cluster unless it is to be kept. Throws a LabError, or the signal's reason.
 */
export async function startKindCluster(options: KindOptions): Promise<Cluster> {
  const { name = clusterName, kubernetes, keep, run, signal, onProgress } = options;
  const kind = await provideKind({ signal, onProgress });
  const kubectl = await provideKubectl(kubernetes, { signal, onProgress });
  const owner = await thisOwner(run);
  const life = await KindLife.open({
    name,
    kind: kind.program,
    kubectl: kubectl.program,
    nodeImage: nodeImageOf(kubernetes),
    configFile: join(projectRoot, 'kind-config.yaml'),
    owner,
    signal,
    onProgress,
  });
  await using undo = new AsyncDisposableStack();
  const containers = await life.provide();
  undo.defer(() => life.release());
  if (!keep) undo.defer(() => life.remove());
  const nodes = undo.use(await enterNodes(name, signal));
  const cluster = undo.use(
    await startKubernetesCluster({
      name: 'kind',
      kubectl: life.kubectl,
      nodes,
      provideImage: loadImages({
        kind: kind.program,
        cluster: name,
        nodes: containers.map((node) => node.name),
      }),
      neverPull: true,
      owner,
      signal,
      onProgress,
    }),
  );
  const end = undo.move();
  return { ...cluster, [Symbol.asyncDispose]: () => end.disposeAsync() };
}
