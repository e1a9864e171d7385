import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, roundMs } from '../../support/clock.ts';
import { LabError } from '../../support/errors.ts';
import type { DeployRequest, Deployment } from '../cluster.ts';
import { waits } from '../waits.ts';
import type { Addresses } from './addresses.ts';
import { startBalancer, type Balancer } from './balancer/client.ts';
import type { Listeners } from './listeners.ts';
import type { Pod } from './pod.ts';
import { describeCrashes, describeLog } from './pod-messages.ts';
import { createPod, deploymentRemoved, nameSuffix, type PodFactory } from './pods.ts';
import { nextStep } from './rollout.ts';
import { propagateEndpoints, type Endpoints } from './endpoints.ts';

export interface DeploymentRequest extends DeployRequest {
  addresses: Addresses;
  listeners: Listeners;
  visible: string[];
  propagationDelayMs: number;
}

const lookAgainMs = 200;

/** The Deployment controller: keeps the replicas, and replaces them on a restart. */
export class EmbeddedDeployment implements Deployment {
  readonly url: string;
  readonly broken: AbortSignal;
  readonly instrumentPids: { process: 'balancer'; pid: number }[];
  readonly loadPlace = { from: 'host' } as const;
  disposed = false;
  readonly #request: DeploymentRequest;
  readonly #balancer: Balancer;
  readonly #endpoints: Endpoints;
  readonly #factory: PodFactory;
  readonly #pods = new Set<Pod>();
  readonly #base: string;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(request: DeploymentRequest, balancer: Balancer) {
    this.#request = request;
    this.#balancer = balancer;
    this.#endpoints = propagateEndpoints(balancer, request.propagationDelayMs);
    this.#base = request.variant.id.replace('/', '-');
    this.url = `http://${balancer.address.host}:${String(balancer.address.port)}`;
    this.broken = balancer.broken;
    this.instrumentPids = [{ process: 'balancer', pid: balancer.pid }];
    this.#factory = { ...request, request, onChange: () => this.#changed(), isDisposed: () => this.disposed };
  }

  /** Starts all replicas at once; rejects with `deploy-failed` when they do not become ready. */
  static async create(request: DeploymentRequest): Promise<EmbeddedDeployment> {
    const address = await request.addresses.next(request.manifest.servicePort);
    const balancer = await startBalancer(address, request.originMs, request.record);
    const deployment = new EmbeddedDeployment(request, balancer);
    try {
      await deployment.#start();
      return deployment;
    } catch (error) {
      await deployment[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { replicas } = this.#request.manifest;
    await this.#add('old', replicas);
    await this.#until(() => this.#available() === replicas, 'deploy');
    await this.#endpoints.settled();
  }

  /** Rolling restarts only: see `cannot` of the cluster. */
  async restart(): Promise<void> {
    const { replicas } = this.#request.manifest;
    this.#recordRollout('began');
    const terminations: Promise<void>[] = [];
    const finished = () =>
      [...this.#pods].every((pod) => pod.revision === 'new') && this.#available() === replicas;
    const hash = nameSuffix(9);
    while (!finished()) {
      const seen = this.#progress();
      const step = this.#nextStep();
      await this.#add('new', step.create, hash);
      for (const name of step.remove) terminations.push(this.#delete(name));
      if (step.create > 0 || step.remove.length > 0) continue;
      await this.#until(() => this.#progress() !== seen, 'restart');
    }
    await Promise.all(terminations);
    this.#recordRollout('complete');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    this.#endpoints.stop();
    await Promise.all([...this.#pods].map((pod) => pod.kill()));
    await this.#balancer[Symbol.asyncDispose]();
  }

  #nextStep() {
    const pods = [...this.#pods].filter((pod) => !pod.terminating);
    const views = pods.map((pod) => ({
      name: pod.name,
      revision: pod.revision,
      available: this.#isAvailable(pod),
    }));
    return nextStep(views, this.#request.manifest);
  }

  async #add(revision: 'old' | 'new', count: number, hash = nameSuffix(9)): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      this.#pods.add(await createPod(this.#factory, { name: `${this.#base}-${hash}`, revision }));
    }
  }

  #delete(name: string): Promise<void> {
    const pod = [...this.#pods].find((candidate) => candidate.name === name);
    if (!pod) return Promise.resolve();
    const gone = pod.delete().then(() => {
      this.#pods.delete(pod);
      this.#changed();
    });
    this.#endpoints.update([...this.#pods]);
    return gone;
  }

  #isAvailable(pod: Pod): boolean {
    const { minReadyMs } = this.#request.manifest;
    return pod.readySinceMs !== undefined && monotonicMs() - pod.readySinceMs >= minReadyMs;
  }

  #available(): number {
    return [...this.#pods].filter((pod) => !pod.terminating && this.#isAvailable(pod)).length;
  }

  /** Changes whenever the controller may have something to do. */
  #progress(): string {
    const states = [...this.#pods].map(
      (pod) => `${pod.name} ${String(pod.terminating)} ${String(this.#isAvailable(pod))}`,
    );
    return states.join();
  }

  #changed(): void {
    this.#endpoints.update([...this.#pods]);
    this.#wake.resolve();
    const { minReadyMs } = this.#request.manifest;
    if (minReadyMs > 0) setTimeout(() => this.#wake.resolve(), minReadyMs + 1).unref();
  }

  /** Waits for a condition; fails when the time is over, a pod keeps crashing, or the lab is interrupted. */
  async #until(condition: () => boolean, aim: keyof typeof waits): Promise<void> {
    const { code, what, limitMs } = waits[aim];
    const deadlineMs = monotonicMs() + limitMs;
    while (!condition()) {
      this.#request.signal.throwIfAborted();
      if (this.disposed) throw deploymentRemoved();
      await this.#failOnCrashLoop(code);
      const remainingMs = deadlineMs - monotonicMs();
      if (remainingMs <= 0)
        throw await this.#stuck(code, `did not ${what} within ${String(limitMs / 1000)} s`);
      this.#wake = Promise.withResolvers();
      // Whatever happens, look again soon: an interrupt or the deadline wakes nobody.
      await Promise.race([this.#wake.promise, sleep(lookAgainMs)]);
    }
  }

  async #failOnCrashLoop(code: string): Promise<void> {
    const pods = [...this.#pods];
    const notStarted = pods.find((pod) => pod.failure !== undefined);
    if (notStarted) throw notStarted.failure;
    const crashing = pods.find((pod) => pod.restartCount >= 2);
    if (crashing) throw await this.#stuck(code, describeCrashes(crashing), crashing);
  }

  async #stuck(
    code: string,
    what: string,
    pod = [...this.#pods].find((candidate) => !candidate.ready),
  ): Promise<LabError> {
    const elsewhere = pod?.listensElsewhere();
    const message = `${this.#request.variant.id} ${what}${elsewhere === undefined ? '' : `: ${elsewhere}`}.`;
    if (!pod) return new LabError(code, message);
    if (code === waits.restart.code) return new LabError(code, `${message} Its log: ${pod.logFile}`);
    return new LabError(code, `${message}\n${await describeLog(pod)}`);
  }

  #recordRollout(event: 'began' | 'complete'): void {
    const { record, originMs } = this.#request;
    record({ type: 'rollout', atMs: roundMs(monotonicMs() - originMs), event });
  }
}
