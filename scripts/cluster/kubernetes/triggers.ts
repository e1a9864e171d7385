import type { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { Trigger } from '../../support/trigger.ts';
import { cordon } from './cordon.ts';
import type { Owner } from './owner.ts';
import type { PodState } from './pod-state.ts';

export interface TriggerRequest {
  trigger: Trigger;
  /** In the namespace. */
  kubectl: Kubectl;
  /** Name of the Deployment. */
  deployment: string;
  labelSelector: string;
  /** That are there now. */
  pods: PodState[];
  replicas: number;
  owner: Owner;
}

/** What a trigger ends, and what is there when it is over. */
export interface Triggered extends AsyncDisposable {
  /** Uids of the pods that must have gone. */
  ends: ReadonlySet<string>;
  /** Replicas that are asked for afterwards. */
  replicas: number;
}

/** Begins to end pods. Which ones is in the answer; for a scale-down that is known only later, so it is left open. */
export async function pull(request: TriggerRequest): Promise<Triggered> {
  const { trigger, kubectl, deployment, pods, replicas } = request;
  const all = new Set(pods.map(({ uid }) => uid));
  switch (trigger) {
    case 'rolling-restart':
      await kubectl.run(['rollout', 'restart', `deployment/${deployment}`]);
      return triggered(all, replicas);
    case 'delete-pod': {
      const [first] = byName(pods);
      if (first === undefined) return triggered(new Set(), replicas);
      await kubectl.run(['delete', 'pod', first.name, '--wait=false']);
      return triggered(new Set([first.uid]), replicas);
    }
    case 'scale-down': {
      const left = replicas - Math.floor(replicas / 2);
      await kubectl.run(['scale', `deployment/${deployment}`, `--replicas=${left}`]);
      return triggered(new Set(), left);
    }
    case 'drain':
      return drain(request);
  }
}

/** Cordons the node with most of the pods, and evicts these; other pods of the node stay. */
async function drain({ kubectl, labelSelector, pods, replicas, owner }: TriggerRequest): Promise<Triggered> {
  const node = fullestNode(pods);
  const ends = new Set(pods.filter((pod) => pod.node === node).map(({ uid }) => uid));
  await using undo = new AsyncDisposableStack();
  undo.use(await cordon(kubectl, node, owner));
  const words = [
    'drain',
    node,
    `--pod-selector=${labelSelector}`,
    '--delete-emptydir-data',
    '--disable-eviction=false',
  ];
  const seconds = timeouts.progressMs / 1000;
  await kubectl.run([...words, `--timeout=${seconds}s`], { timeoutMs: timeouts.progressMs });
  const cordoned = undo.move();
  return { ends, replicas, [Symbol.asyncDispose]: () => cordoned.disposeAsync() };
}

function fullestNode(pods: readonly PodState[]): string {
  const counts = new Map<string, number>();
  for (const { node = '' } of pods) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

function byName(pods: readonly PodState[]): PodState[] {
  return [...pods].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function triggered(ends: ReadonlySet<string>, replicas: number): Triggered {
  return { ends, replicas, [Symbol.asyncDispose]: () => Promise.resolve() };
}
