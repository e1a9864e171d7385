import { containment } from '../../support/contained.ts';
import type { Cluster, ClusterInfo } from '../cluster.ts';
import { makeAddresses } from './addresses.ts';
import { EmbeddedDeployment } from './deployment.ts';
import { guardSentence } from './guard.ts';
import { watchListeners } from './listeners.ts';

export interface EmbeddedOptions {
  /** From the deletion (or readiness) of a pod to the balancer knowing of it. */
  propagationDelayMs: number;
  /** Where that figure comes from, in words. */
  delaySource?: string;
  /** Folders that pods must see although each has its own /tmp. */
  visible: string[];
}

function describe(options: EmbeddedOptions, listenersAvailable: boolean): ClusterInfo {
  const { pidNamespace, reason } = containment();
  const { propagationDelayMs, delaySource } = options;
  const source = delaySource === undefined ? '' : ` (${delaySource})`;
  const limits = [
    'The embedded cluster shows how servers shut down. It is not a Kubernetes: no scheduler, no kubelet, no kube-proxy, no network of its own.',
    `Endpoints change ${String(propagationDelayMs)} ms after a pod is deleted or becomes ready${source}. On a real cluster this time varies and grows with its load.`,
    'The Service is a user-space TCP balancer on loopback: two more hops, and a client of a refusing pod sees a reset (recorded as refused).',
    'A pod that has gone refuses connections at once. On a real cluster its address may time out instead.',
    'All pods share the CPUs and the network of this machine.',
    guardSentence,
  ];
  if (!pidNamespace) {
    limits.push(
      `Pods are not PID 1 (${reason}): a server without a SIGTERM handler ends here but ignores the signal in a container.`,
    );
  }
  if (!listenersAvailable)
    limits.push('The end of listening sockets is not observed: /proc/net/tcp is not readable.');
  return { name: 'embedded', kubernetes: null, pid1: pidNamespace, propagationDelayMs, limits };
}

/** A cluster of processes on this machine, for reading the shutdown behaviour of servers. */
export function startEmbeddedCluster(options: EmbeddedOptions): Cluster {
  const addresses = makeAddresses();
  const listeners = watchListeners();
  const deployments = new Set<EmbeddedDeployment>();
  return {
    info: describe(options, listeners.available),
    takes: 'folder',
    connectMayHang: false,
    cannot: (trigger) =>
      trigger === 'rolling-restart' ? undefined : `the embedded cluster restarts only: it cannot ${trigger}`,
    provideImage: () => Promise.reject(new Error('the embedded cluster takes no images')),
    async deploy(request) {
      // Those that have ended are forgotten here: a run has many, and each keeps what it was made of.
      for (const deployment of deployments) if (deployment.disposed) deployments.delete(deployment);
      const deployment = await EmbeddedDeployment.create({ ...request, ...options, addresses, listeners });
      deployments.add(deployment);
      return deployment;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...deployments].map((deployment) => deployment[Symbol.asyncDispose]()));
    },
  };
}
