/** What the controller sees of a pod; terminating pods are not counted, as in Kubernetes. */
export interface PodView {
  name: string;
  revision: 'old' | 'new';
  available: boolean;
}

export interface RolloutLimits {
  replicas: number;
  maxSurge: number;
  maxUnavailable: number;
}

/** How many new pods to create, and which old ones to delete, now. */
export interface RolloutStep {
  create: number;
  remove: string[];
}

/**
 * One step of a rolling update as the Deployment controller decides it: never more than
 * replicas + maxSurge pods, never fewer than replicas - maxUnavailable available ones, old pods that are
 * not available first (kubernetes/kubernetes, pkg/controller/deployment/rolling.go).
 */
export function nextStep(pods: PodView[], limits: RolloutLimits): RolloutStep {
  const fresh = pods.filter((pod) => pod.revision === 'new');
  const old = pods.filter((pod) => pod.revision === 'old');
  const room = limits.replicas + limits.maxSurge - pods.length;
  const create = Math.max(0, Math.min(room, limits.replicas - fresh.length));

  const minAvailable = limits.replicas - limits.maxUnavailable;
  const newNotAvailable = fresh.filter((pod) => !pod.available).length + create;
  const removable = pods.length + create - minAvailable - newNotAvailable;
  const broken = old.filter((pod) => !pod.available).slice(0, Math.max(0, removable));
  const available = pods.filter((pod) => pod.available).length;
  const spare = Math.max(0, Math.min(available - minAvailable, removable - broken.length));
  const healthy = old.filter((pod) => pod.available).slice(0, spare);
  return { create, remove: [...broken, ...healthy].map((pod) => pod.name) };
}
