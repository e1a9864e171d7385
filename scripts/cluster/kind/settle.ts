import type { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';

/**
 * What the proxies reserve. kind, as kubeadm, reserves nothing for them, so where processors are busy they come last,
 * and ended pods get connections for seconds (https://github.com/kubernetes/kubeadm/issues/1095). This is what kops sets.
 */
export const proxyRequests = 'cpu=100m';

/**
 * Completes a cluster that kind has made: gives the proxies their share, and waits for them and for the name server,
 * without which load finds no Service. Throws a LabError when they do not run in time.
 */
export async function settle(kubectl: Kubectl, signal: AbortSignal): Promise<void> {
  const system = kubectl.in('kube-system');
  await system.run(['set', 'resources', 'daemonset/kube-proxy', `--requests=${proxyRequests}`], { signal });
  const limit = `--timeout=${timeouts.clusterSettleMs / 1000}s`;
  const options = { timeoutMs: timeouts.clusterSettleMs + 5_000, signal };
  await system.run(['rollout', 'status', 'daemonset/kube-proxy', limit], options);
  await system.run(['rollout', 'status', 'deployment/coredns', limit], options);
}
