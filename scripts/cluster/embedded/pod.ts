import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../catalogue/model.ts';
import { roundMs, monotonicMs } from '../../support/clock.ts';
import { messageOf } from '../../support/errors.ts';
import { describeExit } from '../../support/exit-meaning.ts';
import type { PodRecord } from '../../timeline/records.ts';
import type { Record } from '../cluster.ts';
import type { Address } from './balancer/messages.ts';
import { startContainer, type Container, type ContainerExit, type ContainerRequest } from './container.ts';
import { guardContainer } from './guard.ts';
import type { Listeners } from './listeners.ts';
import { Probes } from './pod-probes.ts';
import { listensElsewhere } from './sockets.ts';
import { terminateContainer } from './termination.ts';

export interface PodRequest {
  name: string;
  revision: 'old' | 'new';
  address: Address;
  manifest: Manifest;
  container: ContainerRequest;
  listeners: Listeners;
  originMs: number;
  record: Record;
  /** Readiness, restarts or the end changed. */
  onChange: () => void;
}

/** Pauses before the second, third ... restart of a container, as the kubelet's CrashLoopBackOff. */
const backOffMs = [0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000];

/** One pod and its kubelet: starts the container, probes it, restarts it, and ends it on deletion. */
export class Pod {
  readonly name: string;
  readonly revision: 'old' | 'new';
  readonly address: Address;
  readonly logFile: string;
  ready = false;
  /** Monotonic; undefined while not ready. */
  readySinceMs: number | undefined;
  terminating = false;
  restartCount = 0;
  lastExit: ContainerExit | undefined;
  /** Why the lab itself ended a container: what its probes met last, or the memory it took. */
  endedFor: string | undefined;
  /** It has been ready since its container was started last. */
  wasReady = false;
  /** Why it could not be started at all, which is not the app's fault. */
  failure: unknown;
  /** Resolves when nothing of the pod is left. */
  readonly gone: Promise<void>;

  readonly #request: PodRequest;
  /** Undefined while no process runs. */
  #container: Promise<Container> | undefined;
  #probes: Probes | undefined;
  #listener: ReturnType<Listeners['watch']> | undefined;
  #listening = false;
  #firstProcess = 0;
  readonly #deleted = new AbortController();

  constructor(request: PodRequest) {
    this.#request = request;
    this.name = request.name;
    this.revision = request.revision;
    this.address = request.address;
    this.logFile = request.container.logFile;
    this.#record('created');
    const { address, manifest } = request;
    if (process.platform === 'linux' && address.port !== manifest.containerPort)
      this.#record('portReplaced', {
        detail: `port ${String(manifest.containerPort)} is taken on every loopback address: PORT is ${String(address.port)}`,
      });
    this.gone = this.#run();
  }

  /** Deletes the pod as the API server and the kubelet do; resolves when it has gone. */
  async delete(): Promise<void> {
    if (this.terminating) return this.gone;
    this.terminating = true;
    this.#record('deleted');
    this.#deleted.abort();
    this.#probes?.stopRestarting();
    const container = await this.#startedContainer();
    if (container) {
      const record = (event: PodRecord['event'], detail?: string) => {
        this.#record(event, { detail });
        if (event === 'sigterm') this.#listener?.closely();
      };
      await terminateContainer(container, this.#request.manifest, record);
    }
    await this.gone;
  }

  /** Ends the pod at once: clean-up, nothing that is measured. */
  async kill(): Promise<void> {
    if (!this.terminating) this.#record('sigkill', { detail: 'clean-up' });
    this.terminating = true;
    this.#deleted.abort();
    (await this.#startedContainer())?.signal('SIGKILL');
    await this.gone;
  }

  /** Where it listens instead of at its address, in words; undefined when that is not known to be so. */
  listensElsewhere(): string | undefined {
    return this.#listening ? undefined : listensElsewhere(this.#firstProcess, this.address);
  }

  async #run(): Promise<void> {
    try {
      await this.#keepRunning();
    } catch (error) {
      this.failure = error;
      this.#problem('pod-not-started', messageOf(error));
    }
    this.#record('gone');
    this.#request.onChange();
  }

  async #keepRunning(): Promise<void> {
    while (!this.#deleted.signal.aborted) {
      this.lastExit = await this.#runContainer();
      if (this.terminating) break;
      if (this.wasReady && this.restartCount === 0) this.#endedByItself(this.lastExit);
      const pauseMs = backOffMs[Math.min(this.restartCount, backOffMs.length - 1)];
      this.restartCount += 1;
      this.#request.onChange();
      await sleep(pauseMs, undefined, { signal: this.#deleted.signal }).catch(() => undefined);
    }
  }

  async #runContainer(): Promise<ContainerExit> {
    const { container: containerRequest, listeners, manifest, address } = this.#request;
    const { logFile } = this;
    this.wasReady = false;
    this.endedFor = undefined;
    this.#container = startContainer(containerRequest);
    const container = await this.#container;
    this.#firstProcess = container.pid;
    this.#record('started', { restartCount: this.restartCount });
    const guard = guardContainer({
      pid: container.pid,
      manifest,
      logFile,
      onMemory: (detail) => this.#killForMemory(container, detail),
      onLog: (detail) => this.#record('warning', { detail }),
    });
    this.#listener = listeners.watch(address, (listening) => this.#setListening(listening));
    this.#probes = new Probes(
      manifest,
      { address, enter: container.enter() },
      {
        record: (event, detail) => this.#record(event, { detail }),
        onReady: (ready) => this.#setReady(ready),
        onUnhealthy: (detail) => void this.#restart(container, detail),
      },
    );
    const exit = await container.exited.finally(() => guard.stop());
    this.#container = undefined;
    this.#firstProcess = 0;
    this.#listener.stop();
    await this.#probes.stop();
    this.#setReady(false);
    if (this.#listening) this.#setListening(false, 'seen with the exit');
    this.#record('exited', exit);
    return exit;
  }

  /** An unhealthy container gets SIGTERM, grace and SIGKILL, and is started again. */
  async #restart(container: Container, detail: string): Promise<void> {
    const elsewhere = this.listensElsewhere();
    this.endedFor = elsewhere === undefined ? detail : `${detail}; ${elsewhere}`;
    this.#record('warning', { detail: 'unhealthy: the container is restarted' });
    container.signal('SIGTERM');
    const ended = container.exited.then(() => true);
    const graceMs = this.#request.manifest.graceMs;
    if (!(await Promise.race([ended, sleep(graceMs, false, { ref: false })]))) container.signal('SIGKILL');
  }

  #killForMemory(container: Container, detail: string): void {
    this.endedFor = detail;
    this.#record('sigkill', { detail });
    container.signal('SIGKILL');
  }

  /** A container that ends in the middle of the load is no restart's doing, so the trial proves nothing. */
  #endedByItself({ exitCode, signal }: ContainerExit): void {
    const how = this.endedFor ?? describeExit(exitCode ?? undefined, signal ?? undefined);
    this.#problem('pod-ended', `${this.name} ended although nobody restarted it: ${how}`);
  }

  async #startedContainer(): Promise<Container | undefined> {
    return this.#container?.catch(() => undefined);
  }

  #setReady(ready: boolean): void {
    if (ready === this.ready) return;
    this.ready = ready;
    this.wasReady ||= ready;
    this.readySinceMs = ready ? monotonicMs() : undefined;
    this.#record(ready ? 'ready' : 'unready');
    this.#request.onChange();
  }

  #setListening(listening: boolean, detail?: string): void {
    this.#listening = listening;
    this.#record(listening ? 'listening' : 'listenerClosed', { detail });
  }

  #problem(code: string, detail: string): void {
    const { originMs, record } = this.#request;
    record({ type: 'problem', atMs: roundMs(monotonicMs() - originMs), code, detail });
  }

  #record(
    event: PodRecord['event'],
    more: { detail?: string | undefined; restartCount?: number } & Partial<ContainerExit> = {},
  ): void {
    const { name, revision, originMs } = this.#request;
    const { detail, ...rest } = more;
    const atMs = roundMs(monotonicMs() - originMs);
    const record: PodRecord = { type: 'pod', atMs, pod: name, event, revision, ...rest };
    this.#request.record(detail === undefined ? record : { ...record, detail });
  }
}
