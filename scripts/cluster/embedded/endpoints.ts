import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer } from './balancer/client.ts';
import type { Pod } from './pod.ts';

/** The EndpointSlice and its way to the balancer. */
export interface Endpoints {
  /** Compares the pods with what was last announced and announces the difference after the delay. */
  update(pods: Pod[]): void;
  /** Resolves when everything announced has reached the balancer. */
  settled(): Promise<void>;
  stop(): void;
}

/**
 * Ready pods that are not terminating receive new connections; when there is none, pods that terminate but
 * still pass their readiness probe do (https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/).
 * Every change reaches the balancer after the same delay, so changes keep their order.
 */
export function propagateEndpoints(balancer: Balancer, delayMs: number): Endpoints {
  const announced = new Set<string>();
  const stopped = new AbortController();
  let pending: Promise<unknown> = Promise.resolve();

  const announce = (change: () => void) => {
    const arrival = sleep(delayMs, undefined, { signal: stopped.signal }).then(change, () => undefined);
    pending = Promise.all([pending, arrival]);
  };

  return {
    update(pods) {
      const ready = pods.filter((pod) => pod.ready);
      const serving = ready.filter((pod) => !pod.terminating);
      const wanted = new Set(serving.length > 0 ? serving : ready);
      for (const pod of wanted) {
        if (announced.has(pod.name)) continue;
        announced.add(pod.name);
        announce(() => balancer.add(pod.name, pod.address));
      }
      const names = new Set([...wanted].map((pod) => pod.name));
      for (const name of announced) {
        if (names.has(name)) continue;
        announced.delete(name);
        announce(() => balancer.remove(name));
      }
    },
    async settled() {
      await pending;
    },
    stop: () => stopped.abort(),
  };
}
