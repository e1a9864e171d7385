import type { Kubectl } from '../../support/kubectl.ts';
import type { Cluster, ClusterInfo, ProvidedImage } from '../cluster.ts';
import { openApi } from './api-proxy.ts';
import { measureSkew, noSkew } from './cluster-clock.ts';
import { nodesForPods } from './cordon.ts';
import { KubernetesDeployment, type DeploymentPlace } from './deployment.ts';
import { describeLimits, versionIn } from './describe.ts';
import { removeLeftovers } from './leftovers.ts';
import { createNamespace, namespaceReady, removeNamespace } from './namespace.ts';
import type { Nodes } from './nodes.ts';
import type { Owner } from './owner.ts';
import { readObject } from './read-object.ts';

/** Brings an image of this machine to where pods can have it. */
export type ProvideImage = (image: string, signal: AbortSignal) => Promise<ProvidedImage>;

export interface KubernetesOptions {
  name: Exclude<ClusterInfo['name'], 'embedded'>;
  kubectl: Kubectl;
  /** Undefined where nobody can enter the nodes. */
  nodes: Nodes | undefined;
  provideImage: ProvideImage;
  /** Nodes have images only from `provideImage`. */
  neverPull: boolean;
  owner: Owner;
  signal: AbortSignal;
  /** What it does, and what the reader ought to know. */
  onProgress: (text: string) => void;
}

/**
 * A running Kubernetes, with a namespace of its own for this run. Disposing it removes the namespace, and nothing
 * that was there before. Throws a LabError, or the signal's reason.
 */
export async function startKubernetesCluster(options: KubernetesOptions): Promise<Cluster> {
  const { kubectl, nodes, owner, signal, onProgress } = options;
  await using undo = new AsyncDisposableStack();
  const api = undo.use(await openApi(kubectl));
  const kubernetes = versionIn(await readObject(api, '/version'));
  await removeLeftovers({ api, kubectl }, owner, { signal, onProgress });
  const nodeNames = await nodesForPods(api);
  const limits = await describeLimits({ api, nodes, nodeNames });
  const namespace = await createNamespace(kubectl, owner, signal);
  undo.defer(async () => {
    const problem = await removeNamespace(kubectl, namespace);
    if (problem !== undefined) onProgress(problem);
  });
  await namespaceReady(kubectl, namespace, signal);
  const place: DeploymentPlace = {
    ...options,
    api,
    kubectl: kubectl.in(namespace),
    skew: nodes?.shareKernel ? noSkew : await measureSkew(api),
    describeLoss: (reason) => describeLoss(options, reason),
  };
  const deployments = new Set<KubernetesDeployment>();
  undo.defer(async () => {
    await Promise.all([...deployments].map((deployment) => deployment[Symbol.asyncDispose]()));
  });
  const end = undo.move();
  return {
    info: { name: options.name, kubernetes, pid1: true, propagationDelayMs: null, limits },
    takes: 'image',
    connectMayHang: true,
    cannot: (trigger) => (trigger === 'drain' ? whyNoDrain(nodeNames) : undefined),
    provideImage: options.provideImage,
    async deploy(request) {
      for (const deployment of deployments) if (deployment.disposed) deployments.delete(deployment);
      const deployment = await KubernetesDeployment.create(request, place);
      deployments.add(deployment);
      return deployment;
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

function whyNoDrain(nodeNames: string[] | undefined): string | undefined {
  if (nodeNames === undefined)
    return 'a drain needs the right to list and cordon nodes, which this context does not have';
  if (nodeNames.length >= 2) return undefined;
  return `a drain needs at least two nodes that take pods, so that evicted pods find another one; here ${nodeNames.length === 1 ? `is one, ${nodeNames.join()}` : 'is none'}`;
}

async function describeLoss({ name, nodes, kubectl }: KubernetesOptions, reason: string): Promise<string> {
  const cause = await nodes?.whyLost();
  return [
    `The cluster ${name} does not answer any more: ${cause ?? reason}`,
    ...(cause === undefined ? [] : [`  Noticed by: ${reason}`]),
    `  See for yourself: ${kubectl.in(undefined).argv(['get', 'nodes']).join(' ')}`,
  ].join('\n');
}
