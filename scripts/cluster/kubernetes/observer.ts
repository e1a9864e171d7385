import { LabError, messageOf } from '../../support/errors.ts';
import type { Manifest } from '../../catalogue/model.ts';
import type { Record } from '../cluster.ts';
import type { Api } from './api.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { Early } from './early.ts';
import { Endpoints } from './endpoints.ts';
import { clusterEventOf, type ClusterEvent } from './event.ts';
import { listWatch, type Change } from './list-watch.ts';
import type { NewConnection, Nodes } from './nodes.ts';
import { PodLife, type Arrival } from './pod-life.ts';
import { podStateOf, type PodState } from './pod-state.ts';
import { replicaSetOf, type ReplicaSetState } from './replica-set.ts';
import { readRevisions, type Revisions } from './revisions.ts';
import type { RuntimeAct } from './runtime-act.ts';
import { both, type Heard, type Span } from './span.ts';

export interface ObserverRequest {
  api: Api;
  namespace: string;
  /** `app=hello`: selects the Deployment's pods and ReplicaSets. */
  labelSelector: string;
  service: string;
  manifest: Manifest;
  clock: ClusterClock;
  nodes: Nodes | undefined;
  record: Record;
  /** Something is not as it was. */
  onChange: () => void;
  /** A container runs, for the first time or again. */
  onStarted: (pod: string, restartCount: number) => void;
  /** The cluster in words, for the message when it does not answer any more. */
  describeLoss: (reason: string) => Promise<string>;
}

/** Sees all that happens to the pods of one Deployment and records it. Disposing it ends that. */
export class Observer implements AsyncDisposable {
  readonly #endpoints: Endpoints;
  readonly #request: ObserverRequest;
  readonly #lives = new Map<string, PodLife>();
  readonly #replicaSets = new Map<string, ReplicaSetState>();
  readonly #revisions: { pods: Revisions; slices: Revisions };
  readonly #broken = new AbortController();
  readonly #earlyEvents = new Early<{ event: ClusterEvent; heard: Heard }>();
  readonly #earlyActs = new Early<{ act: RuntimeAct; heard: Heard }>();
  /** By address of the pod: when the last new connection was sent there. */
  readonly #connections = new Map<string, number>();
  /** Pods that have gone, by the address that was theirs: slow proxies still send connections there. */
  readonly #goneByAddress = new Map<string, PodLife>();
  /** Words of Events of the Deployment's objects, for the message when it fails. */
  readonly #warnings: { name: string; text: string }[] = [];
  readonly #held = new AsyncDisposableStack();
  /** Uids of the pods that were there before the deployment and still are. */
  readonly #earlier = new Set<string>();
  #begun = false;
  #old: { uids: Set<string>; hashes: Set<string> } | undefined;

  private constructor(request: ObserverRequest) {
    this.#request = request;
    const { api, clock, record } = request;
    this.#endpoints = new Endpoints({ record, sinceMs: clock.now() });
    const now = () => clock.now();
    const onSilent = (reason: string) => void this.#break(reason);
    this.#revisions = {
      pods: this.#held.use(readRevisions({ api, path: this.#path('pods'), now, onSilent })),
      slices: this.#held.use(readRevisions({ api, path: this.#path('endpointslices'), now, onSilent })),
    };
  }

  /** Resolves when everything is being watched; what is there by then is not of this deployment. Throws a LabError `cluster-lost`. */
  static async start(request: ObserverRequest): Promise<Observer> {
    const observer = new Observer(request);
    try {
      await observer.#watchAll();
      observer.#begun = true;
      return observer;
    } catch (error) {
      await observer[Symbol.asyncDispose]();
      throw new LabError('cluster-lost', await request.describeLoss(messageOf(error)), { cause: error });
    }
  }

  /** Aborted with a LabError when it cannot be known any more what happens. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** How many pods of an earlier deployment with the same labels are still there. Nothing of theirs is recorded. */
  get earlierPods(): number {
    return this.#earlier.size;
  }

  /** Those that are still there. */
  get lives(): PodLife[] {
    return [...this.#lives.values()];
  }

  get replicaSets(): ReplicaSetState[] {
    return [...this.#replicaSets.values()];
  }

  /** What Events warned of, of this object, in their order. */
  warningsOf(name: string): string[] {
    return this.#warnings.filter((warning) => warning.name === name).map(({ text }) => text);
  }

  /**
   * From now on pods are told apart: old ones are there now or, `byTemplate`, of a template that is there now.
   * The order of changes is looked at more closely from now on.
   */
  async beginRestart(byTemplate: boolean): Promise<void> {
    const states = this.lives.map(({ state }) => state);
    const hashes = byTemplate ? states.map(({ hash }) => hash) : [];
    this.#old = { uids: new Set(states.map(({ uid }) => uid)), hashes: new Set(hashes) };
    await Promise.all([this.#revisions.pods.begin(), this.#revisions.slices.begin()]);
  }

  isOld(state: PodState): boolean {
    return !this.#old || this.#old.uids.has(state.uid) || this.#old.hashes.has(state.hash);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held.disposeAsync();
  }

  async #watchAll(): Promise<void> {
    const { service, labelSelector, nodes } = this.#request;
    const runtimeLog = nodes?.runtimeLog;
    if (runtimeLog) this.#held.use(runtimeLog.listen((act) => this.#actHeard(act, runtimeLog.source)));
    const connections = nodes?.connections;
    if (connections)
      this.#held.use(
        connections.listen((connection) => this.#connectionSeen(connection, connections.source)),
      );
    const serviceSelector = `kubernetes.io/service-name=${service}`;
    await Promise.all([
      this.#watch('pods', labelSelector, (change) => this.#podChanged(change)),
      this.#watch('replicasets', labelSelector, (change) => this.#replicaSetChanged(change)),
      this.#watch('endpointslices', serviceSelector, (change) => this.#sliceChanged(change)),
      this.#watch('events', '', (change) => this.#eventChanged(change)),
    ]);
  }

  #path(kind: keyof typeof groups): string {
    return `${groups[kind]}/namespaces/${this.#request.namespace}/${kind}`;
  }

  #watch(
    kind: keyof typeof groups,
    labelSelector: string,
    onChange: (change: Change) => void,
  ): Promise<void> {
    const { api } = this.#request;
    const watching = listWatch({
      api,
      path: this.#path(kind),
      labelSelector,
      onChange: (change) => {
        onChange(change);
        this.#request.onChange();
      },
      onBroken: (reason) => void this.#break(reason),
    });
    this.#held.use(watching);
    return watching.synced;
  }

  async #break(reason: string): Promise<void> {
    const message = await this.#request.describeLoss(reason);
    if (!this.#broken.signal.aborted) this.#broken.abort(new LabError('cluster-lost', message));
  }

  #arrival(revisions: Revisions, resourceVersion: string | undefined): Arrival {
    return {
      arrivedMs: this.#request.clock.now(),
      notBeforeMs: revisions.notBefore(resourceVersion),
    };
  }

  #podChanged({ type, object, resourceVersion }: Change): void {
    const arrival = this.#arrival(this.#revisions.pods, resourceVersion);
    const state = podStateOf(object);
    if (!this.#begun) this.#earlier.add(state.uid);
    if (this.#earlier.has(state.uid)) {
      if (type === 'DELETED') this.#earlier.delete(state.uid);
      return;
    }
    if (type === 'DELETED') {
      const life = this.#lives.get(state.uid);
      this.#lives.delete(state.uid);
      if (life) this.#gone(life, state, arrival);
      return;
    }
    const life = this.#lives.get(state.uid) ?? this.#meet(state, arrival);
    life.seen(state, arrival);
    if (state.ip !== undefined) this.#goneByAddress.delete(state.ip);
    this.#catchUp(life);
  }

  #gone(life: PodLife, state: PodState, arrival: Arrival): void {
    const { ip = '' } = life.state;
    const source = this.#request.nodes?.connections?.source;
    const epochMs = this.#connections.get(ip);
    life.seen(state, arrival);
    if (source !== undefined && epochMs !== undefined)
      life.lastNewConnection(epochMs, { source, arrivedMs: arrival.arrivedMs });
    life.removed(arrival);
    if (ip !== '') this.#goneByAddress.set(ip, life);
  }

  #connectionSeen({ podIp, epochMs }: NewConnection, source: string): void {
    this.#connections.set(podIp, epochMs);
    const heard = { source, arrivedMs: this.#request.clock.now() };
    this.#goneByAddress.get(podIp)?.lastNewConnection(epochMs, heard);
  }

  #meet(state: PodState, arrival: Arrival): PodLife {
    const { manifest, clock, nodes, record } = this.#request;
    const revisionOf = (asked: PodState) => (this.isOld(asked) ? 'old' : 'new');
    const hasRuntime = nodes?.runtimeLog !== undefined;
    const life = new PodLife({ manifest, clock, hasRuntime, revisionOf, record }, state, arrival);
    this.#lives.set(state.uid, life);
    this.#endpoints.meet(state.name);
    return life;
  }

  /** Watches and logs are independent: what one tells of a pod may come before another shows the pod. */
  #catchUp(life: PodLife): void {
    const { name, container } = life.state;
    for (const { event, heard } of this.#earlyEvents.take(name)) this.#tellEvent(life, event, heard);
    if (!container) return;
    if (container.startedAt) this.#request.onStarted(name, container.restartCount);
    for (const { act, heard } of this.#earlyActs.take(container.id)) life.act(act, heard);
  }

  #replicaSetChanged({ type, object }: Change): void {
    const state = replicaSetOf(object);
    if (type === 'DELETED') this.#replicaSets.delete(state.uid);
    else this.#replicaSets.set(state.uid, state);
  }

  #sliceChanged({ type, object, resourceVersion }: Change): void {
    const arrival = this.#arrival(this.#revisions.slices, resourceVersion);
    this.#endpoints.seen(object, type !== 'DELETED', arrival);
  }

  #eventChanged({ type, object }: Change): void {
    // Events are deleted when they are old.
    if (type === 'DELETED') return;
    const event = clusterEventOf(object);
    const { name, warning, reason, message, kind } = event;
    if (warning) this.#warnings.push({ name, text: `${reason}: ${message}` });
    if (kind !== 'Pod') return;
    const heard = { source: 'watch of Events', arrivedMs: this.#request.clock.now() };
    const life = this.lives.find(({ state }) => state.name === name);
    if (life) this.#tellEvent(life, event, heard);
    else this.#earlyEvents.keep(name, { event, heard });
  }

  #tellEvent(life: PodLife, { reason, message, warning, at }: ClusterEvent, heard: Heard): void {
    // The Deployment is younger than the trial.
    const ever: Span = [0, heard.arrivedMs];
    const known = at ? both(this.#request.clock.toTrial(at), ever) : ever;
    if (reason === 'Killing') life.killing(known, heard);
    else if (warning) life.warn(`${reason}: ${message}`, known, heard);
  }

  #actHeard(act: RuntimeAct, source: string): void {
    const heard = { source, arrivedMs: this.#request.clock.now() };
    const life = this.lives.find(({ state }) => state.container?.id === act.container);
    if (life) life.act(act, heard);
    else this.#earlyActs.keep(act.container, { act, heard });
  }
}

/** Where kinds of objects are in the API. */
const groups = {
  pods: '/api/v1',
  events: '/api/v1',
  replicasets: '/apis/apps/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
} as const;
