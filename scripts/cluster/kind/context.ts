import { checkEngine } from '../../support/engine.ts';
import { LabError, messageOf } from '../../support/errors.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { provideProgram } from '../../support/provide.ts';
import type { Cluster } from '../cluster.ts';
import { startKubernetesCluster, type ProvideImage } from '../kubernetes/cluster.ts';
import { versionIn } from '../kubernetes/describe.ts';
import { thisOwner } from '../kubernetes/owner.ts';
import { pushImages } from '../kubernetes/registry.ts';
import { nodeContainers } from './containers.ts';
import { loadImages } from './node-images.ts';
import { enterNodes } from './nodes.ts';
import { anyKubectl, provideKind, provideKubectl } from './tools.ts';

export interface ContextOptions {
  /** Of the user's kubeconfig. */
  context: string;
  /** Where images are pushed to; undefined where they need not be. */
  registry: string | undefined;
  /** Id of the run, for those who find what it left. */
  run: string;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * A cluster that is there already, by a context of the user's kubeconfig: only a namespace of its own is made in it.
 * Throws a LabError, or the signal's reason.
 */
export async function openContext(options: ContextOptions): Promise<Cluster> {
  const { context, run, signal, onProgress } = options;
  const kubectl = await kubectlOf(options);
  // Contexts of kind are called after their clusters; the nodes may be on this machine.
  const cluster = /^kind-(.+)$/.exec(context)?.[1];
  const isHere = cluster !== undefined && 'version' in (await checkEngine());
  const containers = isHere ? await nodeContainers(cluster, { signal }) : [];
  const provideImage = await imagesOf(options, { cluster, nodes: containers.map(({ name }) => name) });
  await using undo = new AsyncDisposableStack();
  const nodes = containers.length > 0 && cluster ? undo.use(await enterNodes(cluster, signal)) : undefined;
  const started = undo.use(
    await startKubernetesCluster({
      name: `context:${context}`,
      kubectl,
      nodes,
      provideImage,
      neverPull: options.registry === undefined,
      owner: await thisOwner(run),
      signal,
      onProgress,
    }),
  );
  const end = undo.move();
  return { ...started, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

/** A kubectl that fits the version of the cluster behind the context. */
async function kubectlOf({ context, signal, onProgress }: ContextOptions): Promise<Kubectl> {
  const any = await provideProgram(anyKubectl(), { signal, onProgress });
  const target = { program: any.program, kubeconfig: undefined, context, namespace: undefined };
  let version: string;
  try {
    version = versionIn(await new Kubectl(target).json(['get', '--raw=/version'], { signal }));
  } catch (error) {
    signal.throwIfAborted();
    const hint = 'Contexts: kubectl config get-contexts';
    throw new LabError(
      'cluster-unreachable',
      `The context ${context} does not answer. ${hint}\n${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  const { program } = await provideKubectl(version, { signal, onProgress });
  return new Kubectl({ ...target, program });
}

async function imagesOf(
  { context, registry, signal, onProgress }: ContextOptions,
  { cluster, nodes }: { cluster: string | undefined; nodes: string[] },
): Promise<ProvideImage> {
  if (registry !== undefined) return pushImages(registry);
  if (cluster !== undefined && nodes.length > 0) {
    const { program } = await provideKind({ signal, onProgress });
    return loadImages({ kind: program, cluster, nodes });
  }
  throw new LabError(
    'registry-needed',
    [
      `The lab cannot load images into the nodes of the context ${context}: they are not containers of this machine.`,
      'Name a registry that this machine can push to and the nodes can pull from: --registry ghcr.io/<you>',
    ].join('\n'),
  );
}
