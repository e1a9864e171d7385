import { dirname, join } from 'node:path';
import { monotonicMs, roundMs } from '../../support/clock.ts';
import { LabError, messageOf } from '../../support/errors.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { Trigger } from '../../support/trigger.ts';
import { writeWhole } from '../../support/write-whole.ts';
import type { DeployRequest, Deployment, Record } from '../cluster.ts';
import { waits } from '../waits.ts';
import type { Api } from './api.ts';
import { Changes } from './changes.ts';
import { ClusterClock, type Skew } from './cluster-clock.ts';
import { documentsOf, type AppliedDocuments } from './documents.ts';
import type { Nodes } from './nodes.ts';
import { Observer } from './observer.ts';
import type { Owner } from './owner.ts';
import { PodLogs } from './pod-logs.ts';
import { removeObjects } from './removal.ts';
import { serviceAnswers } from './service-check.ts';
import { describeTrouble, troubleOf, unschedulable, type Trouble } from './trouble.ts';
import { pull } from './triggers.ts';

/** What all deployments of a cluster have in common. */
export interface DeploymentPlace {
  api: Api;
  /** In the namespace of the run. */
  kubectl: Kubectl;
  nodes: Nodes | undefined;
  skew: Skew;
  owner: Owner;
  /** The lab brings images to the nodes, which cannot pull them. */
  neverPull: boolean;
  /** Why the cluster does not answer any more, as a sentence for the user; `reason` is what was noticed. */
  describeLoss: (reason: string) => Promise<string>;
}

/** What there is to be: the replicas, all ready, and none of these pods any more. */
interface Aim {
  replicas: number;
  ends: ReadonlySet<string>;
}

/** One variant behind one Service, in the namespace of the run. */
export class KubernetesDeployment implements Deployment {
  readonly url: string;
  readonly broken: AbortSignal;
  readonly loadPlace: Deployment['loadPlace'];
  readonly instrumentPids: Deployment['instrumentPids'] = [];
  readonly #request: DeployRequest;
  readonly #place: DeploymentPlace;
  readonly #documents: AppliedDocuments;
  readonly #image: string;
  readonly #clock: ClusterClock;
  readonly #logs: PodLogs;
  readonly #observer: Observer;
  readonly #changes: Changes;
  #ending: Promise<void> | undefined;

  private constructor(parts: Parts) {
    const { request, place, documents, clock, observer } = parts;
    this.#request = request;
    this.#place = place;
    this.#documents = documents;
    this.#image = parts.image;
    this.#clock = clock;
    this.#logs = parts.logs;
    this.#observer = observer;
    this.#changes = parts.changes;
    this.broken = observer.broken;
    this.loadPlace = { from: 'cluster', kubectl: place.kubectl };
    this.url = `http://${documents.service}:${request.manifest.servicePort}`;
  }

  /** Applies the manifest and waits until it answers; throws a LabError `deploy-failed`. */
  static async create(request: DeployRequest, place: DeploymentPlace): Promise<KubernetesDeployment> {
    const deployment = new KubernetesDeployment(await partsOf(request, place));
    try {
      await deployment.#start();
      return deployment;
    } catch (error) {
      await deployment[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its end has begun. */
  get disposed(): boolean {
    return this.#changes.ended;
  }

  async #start(): Promise<void> {
    const { manifest, signal, logFolder } = this.#request;
    const { text, service } = this.#documents;
    const { kubectl, api, nodes } = this.#place;
    writeWhole(join(dirname(logFolder), 'applied.yaml'), text);
    await this.#apply(text);
    this.#request.onAccepted?.(this);
    await this.#until(() => this.#reached({ replicas: manifest.replicas, ends: new Set() }), 'deploy');
    // Nothing is to be measured while the pods of the trial before still use the machine.
    await this.#until(() => this.#observer.earlierPods === 0, 'alone');
    const pods = this.#observer.lives.map(({ state }) => state.name);
    await serviceAnswers({ api, kubectl, nodes, service, pods, manifest, signal });
  }

  async #apply(text: string): Promise<void> {
    const { kubectl } = this.#place;
    const { signal, variant } = this.#request;
    const words = ['apply', '--server-side', '--field-manager=zero-downtime-lab', '-f', '-'];
    try {
      await kubectl.run(words, { input: text, signal });
    } catch (error) {
      signal.throwIfAborted();
      const message = `${variant.id}: the cluster does not take the manifest.\n${messageOf(error)}`;
      throw new LabError('deploy-failed', message, { cause: error });
    }
  }

  async restart(trigger: Trigger): Promise<void> {
    const { kubectl, owner } = this.#place;
    const { replicas } = this.#request.manifest;
    const pods = this.#observer.lives.map(({ state }) => state);
    await this.#observer.beginRestart(trigger === 'rolling-restart');
    this.#recordRollout('began');
    const { deployment, labelSelector } = this.#documents;
    const request = { trigger, kubectl, deployment, labelSelector, pods, replicas, owner };
    await using triggered = await pull(request).catch((error: unknown) => {
      // What is removed meanwhile kubectl does not find.
      this.#requireThere();
      throw error;
    });
    while (!this.#reached(triggered)) {
      const seen = this.#progress();
      await this.#until(() => this.#progress() !== seen || this.#reached(triggered), 'restart');
    }
    this.#recordRollout('complete');
  }

  /** Removes the pods without waiting until they have gone: the next deployment starts meanwhile, and does that. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#changes.end();
    if (!this.broken.aborted) {
      // A failure is told by whoever finds what is left: the next deployment, or the end of the namespace.
      await this.#remove().catch(() => undefined);
    }
    await this.#logs[Symbol.asyncDispose]();
    await this.#observer[Symbol.asyncDispose]();
  }

  #remove(): Promise<void> {
    const { api, kubectl } = this.#place;
    return removeObjects({
      api,
      namespace: kubectl.namespace,
      ...this.#documents,
      replicaSets: this.#observer.replicaSets.map(({ name }) => name),
    });
  }

  #reached({ replicas, ends }: Aim): boolean {
    const { lives, replicaSets } = this.#observer;
    const available = replicaSets.reduce((sum, replicaSet) => sum + replicaSet.available, 0);
    const settled = lives.every(({ state }) => state.ready && !state.deletedAt && !ends.has(state.uid));
    return settled && lives.length === replicas && available === replicas;
  }

  /** Changes whenever a pod comes, goes, or becomes ready. */
  #progress(): string {
    const { lives, replicaSets } = this.#observer;
    const pods = lives.map(({ state }) => `${state.uid} ${state.ready} ${state.deletedAt !== undefined}`);
    return [...pods, ...replicaSets.map(({ uid, available }) => `${uid} ${available}`)].join();
  }

  /** Waits for a condition; fails when the time is over, it is clear that it cannot be, or the lab is interrupted. */
  async #until(condition: () => boolean, wait: keyof typeof waits): Promise<void> {
    const { code, what, limitMs } = waits[wait];
    const deadlineMs = monotonicMs() + limitMs;
    while (!condition()) {
      this.#request.signal.throwIfAborted();
      this.broken.throwIfAborted();
      this.#requireThere();
      const states = this.#observer.lives.map(({ state }) => state);
      const trouble =
        troubleOf(states, this.#observer.replicaSets, this.#image) ??
        unschedulable(states, Date.now() - timeouts.unschedulableMs) ??
        (monotonicMs() > deadlineMs ? { what: `did not ${what} within ${limitMs / 1000} s` } : undefined);
      if (trouble) throw await this.#failure(code, trouble);
      await this.#changes.next();
    }
  }

  #requireThere(): void {
    if (this.disposed) throw new LabError('deployment-removed', 'The deployment was removed.');
  }

  async #failure(code: string, { what, pod }: Trouble): Promise<LabError> {
    const unready = this.#observer.lives.find(({ state }) => !state.ready)?.state.name;
    const name = pod ?? unready;
    const first = `${this.#request.variant.id} ${what}.`;
    if (name === undefined) return new LabError(code, first);
    const log = await this.#logs.lastLinesOf(name).catch(() => []);
    const warnings = this.#observer.warningsOf(name);
    const evidence = describeTrouble(name, { warnings, log, logFile: this.#logs.fileOf(name) });
    return new LabError(code, [first, ...evidence].join('\n'));
  }

  #recordRollout(event: 'began' | 'complete'): void {
    this.#request.record({ type: 'rollout', atMs: roundMs(this.#clock.now()), event });
  }
}

interface Parts {
  request: DeployRequest;
  place: DeploymentPlace;
  documents: AppliedDocuments;
  image: string;
  clock: ClusterClock;
  logs: PodLogs;
  observer: Observer;
  changes: Changes;
}

/** Everything that has to look before there is something to see. */
async function partsOf(request: DeployRequest, place: DeploymentPlace): Promise<Parts> {
  const { artefact, manifest, originMs, logFolder } = request;
  if (!('image' in artefact)) throw new Error('a Kubernetes cluster takes images, not folders');
  const { image } = artefact;
  const { api, kubectl, nodes, skew, neverPull, describeLoss } = place;
  const { namespace } = kubectl;
  const documents = documentsOf({ ...request, image, namespace, neverPull });
  const clock = new ClusterClock(originMs, skew);
  const logs = new PodLogs({ api, namespace, folder: logFolder });
  const changes = new Changes();
  // What the lab removes at the end is not seen: nothing that is measured.
  const record: Record = (seen) => {
    if (!changes.ended) request.record(seen);
  };
  const observer = await Observer.start({
    api,
    namespace,
    labelSelector: documents.labelSelector,
    service: documents.service,
    manifest,
    clock,
    nodes,
    record,
    onChange: () => changes.note(),
    onStarted: (pod, restartCount) => logs.follow(pod, restartCount),
    describeLoss,
  });
  return { request, place, documents, image, clock, logs, observer, changes };
}
