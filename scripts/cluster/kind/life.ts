import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCacheFolder } from '../../support/cache.ts';
import { monotonicMs } from '../../support/clock.ts';
import { commandLine, runCommand } from '../../support/command.ts';
import { LabError, messageOf } from '../../support/errors.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import { otherLabs } from '../kubernetes/leftovers.ts';
import { describeOwner, type Owner } from '../kubernetes/owner.ts';
import { nodeContainers, type NodeContainer } from './containers.ts';
import { openMade, type MadeCluster } from './made.ts';
import { markerOf, readMarker, writeMarker, type Marker } from './marker.ts';
import { requireNodeImage } from './node-image.ts';
import { settle } from './settle.ts';

export interface KindLifeOptions {
  /** Of the cluster. */
  name: string;
  /** Programs. */
  kind: string;
  kubectl: string;
  /** `kindest/node:v1.34.4` */
  nodeImage: string;
  /** What kind makes it from. */
  configFile: string;
  owner: Owner;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

const lookAgainMs = 1_000;

/** What is found under the cluster's name. */
type Found =
  | { state: 'none' }
  /** As this lab would make it. */
  | { state: 'ready' }
  /** This lab's, but to be made anew. */
  | { state: 'stale'; why: string };

/** The lab's own kind cluster: found, made when there is none, and deleted. */
export class KindLife {
  readonly kubectl: Kubectl;
  readonly #options: KindLifeOptions;
  readonly #folder: string;
  readonly #made: MadeCluster;
  readonly #wanted: Marker;
  #use: Disposable | undefined;

  private constructor(options: KindLifeOptions, parts: { folder: string; made: MadeCluster }) {
    const { name, kubectl, nodeImage, configFile } = options;
    this.#options = options;
    this.#folder = parts.folder;
    this.#made = parts.made;
    this.#wanted = markerOf(nodeImage, configFile);
    this.kubectl = new Kubectl({
      program: kubectl,
      kubeconfig: join(parts.folder, `${name}.kubeconfig`),
      context: `kind-${name}`,
      namespace: undefined,
    });
  }

  static async open(options: KindLifeOptions): Promise<KindLife> {
    const folder = await openCacheFolder('kind');
    return new KindLife(options, { folder, made: await openMade(options.name) });
  }

  /**
   * Resolves to the nodes of a cluster that is ready to be used. Throws a LabError: `cluster-taken` for a cluster of
   * this name that is somebody else's, `cluster-busy`, `image-missing`, `cluster-not-created`; or the signal's
   * reason, after what was begun has been removed.
   */
  async provide(): Promise<NodeContainer[]> {
    const { name, onProgress, owner } = this.#options;
    using held = new DisposableStack();
    held.use(await this.#made.hold(owner, this.#options));
    const found = await this.#find();
    if (found.state === 'stale') {
      await this.#requireUnused(found.why);
      onProgress(`kind cluster ${name}: ${found.why}; it is made anew`);
      await this.#delete();
    }
    if (found.state !== 'ready') await this.#create();
    this.#use = this.#made.use(owner);
    return await nodeContainers(name);
  }

  /** Deletes the cluster, unless another lab uses it. Says what it could not do. */
  async remove(): Promise<void> {
    const { name, onProgress, owner } = this.#options;
    this.release();
    try {
      // Not to be interrupted: half a cluster is what is to be avoided.
      const signal = AbortSignal.timeout(timeouts.clusterBusyMs);
      using held = new DisposableStack();
      held.use(await this.#made.hold(owner, { signal, onProgress }));
      const others = await this.#others();
      if (others.length > 0) onProgress(`kind cluster ${name} stays: ${others.join(', ')} uses it`);
      else await this.#delete();
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      onProgress(`kind cluster ${name} could not be deleted: ${messageOf(error)}`);
    }
  }

  /** The cluster stays, and this lab is done with it. */
  release(): void {
    this.#use?.[Symbol.dispose]();
  }

  async #find(): Promise<Found> {
    const { name, signal } = this.#options;
    const containers = await nodeContainers(name, { signal });
    if (containers.length === 0) return { state: 'none' };
    const ours = this.#made.areOurs(containers);
    const interrupted = this.#made.begun;
    const stopped = containers.find(({ running }) => !running);
    let marker: Marker | undefined;
    try {
      if (stopped) throw new LabError('node-stopped', `its node ${stopped.name} does not run`);
      // Only for one that is to be used again it is worth while to wait.
      marker = await this.#askMarker(ours && !interrupted ? timeouts.clusterAnswerMs : 0);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LabError)) throw error;
      if (ours) return { state: 'stale', why: `it does not answer (${messageOf(error).split('\n')[0]})` };
      throw this.#taken(
        `it does not answer, and this lab has no note of having made it: ${messageOf(error)}`,
      );
    }
    if (marker === undefined && ours) return { state: 'stale', why: 'its making was interrupted' };
    return this.#compare(marker);
  }

  /** Asks for so long: a machine that is very busy, or was asleep, needs its time. */
  async #askMarker(forMs: number): Promise<Marker | undefined> {
    const { signal } = this.#options;
    const deadlineMs = monotonicMs() + forMs;
    for (;;) {
      try {
        await this.#exportKubeconfig();
        return await readMarker(this.kubectl);
      } catch (error) {
        if (!(error instanceof LabError) || monotonicMs() > deadlineMs) throw error;
        await sleep(lookAgainMs, undefined, { signal });
      }
    }
  }

  #compare(marker: Marker | undefined): Found {
    if (marker === undefined) throw this.#taken('it was not made by this lab');
    const { maker, nodeImage, config } = this.#wanted;
    if (marker.maker !== maker) throw this.#taken(`it was made by the lab of ${marker.maker}`);
    if (marker.nodeImage !== nodeImage)
      return { state: 'stale', why: `it was made from ${marker.nodeImage}` };
    if (marker.config !== config) return { state: 'stale', why: 'it was set up in another way' };
    return { state: 'ready' };
  }

  #taken(why: string): LabError {
    const { name } = this.#options;
    const remove = commandLine(this.#kindCommand('delete', 'cluster'));
    return new LabError(
      'cluster-taken',
      [
        `There is a kind cluster ${name} already that this lab does not touch: ${why}.`,
        `Use it as it is with --cluster context:kind-${name}, or remove it: ${remove}`,
      ].join('\n'),
    );
  }

  async #requireUnused(why: string): Promise<void> {
    const { name } = this.#options;
    const others = await this.#others();
    if (others.length === 0) return;
    throw new LabError(
      'cluster-busy',
      `The kind cluster ${name} would have to be made anew (${why}), but ${others.join(', ')} uses it: wait until that has ended.`,
    );
  }

  /** Labs that use the cluster now, by their notes, and by their namespaces where it answers. */
  async #others(): Promise<string[]> {
    const { owner } = this.#options;
    const noted = this.#made.users(owner).map(describeOwner);
    const inCluster = await otherLabs(this.kubectl, owner).catch(() => []);
    return [...new Set([...noted, ...inCluster])];
  }

  async #create(): Promise<void> {
    const { name, nodeImage, signal, onProgress } = this.#options;
    await requireNodeImage(nodeImage, { signal, onProgress });
    const startedMs = monotonicMs();
    onProgress(`creating the kind cluster ${name} from ${nodeImage}`);
    this.#made.begin();
    try {
      await this.#runCreate();
      await settle(this.kubectl, signal);
      await writeMarker(this.kubectl, this.#wanted);
      this.#made.complete(await nodeContainers(name));
    } catch (error) {
      // Whatever was begun, also by a kind that was interrupted.
      await this.#delete().catch((failure: unknown) => {
        onProgress(`what was begun of the kind cluster ${name} could not be removed: ${messageOf(failure)}`);
      });
      throw error;
    }
    onProgress(`kind cluster ${name} created in ${((monotonicMs() - startedMs) / 1000).toFixed(0)} s`);
  }

  async #runCreate(): Promise<void> {
    const { name, nodeImage, configFile, signal, onProgress } = this.#options;
    const logFile = join(this.#folder, `${name}.log`);
    rmSync(logFile, { force: true });
    const words = [
      '--image',
      nodeImage,
      '--config',
      configFile,
      '--wait',
      `${timeouts.clusterSettleMs / 1000}s`,
    ];
    await runCommand({
      purpose: `creating the kind cluster ${name}`,
      code: 'cluster-not-created',
      argv: this.#kindCommand('create', 'cluster', ...words),
      cwd: this.#folder,
      logFile,
      signal,
      onProgress,
    });
  }

  async #exportKubeconfig(): Promise<void> {
    const { signal } = this.#options;
    await this.#kind(['export', 'kubeconfig'], signal);
  }

  async #delete(): Promise<void> {
    // Not to be interrupted: half a cluster is what is to be avoided.
    await this.#kind(['delete', 'cluster'], AbortSignal.timeout(timeouts.clusterDeleteMs));
    this.#made.forget();
  }

  async #kind(words: string[], signal: AbortSignal): Promise<void> {
    const { name } = this.#options;
    await runCommand({
      purpose: `kind ${words.join(' ')} (${name})`,
      code: 'kind-failed',
      argv: this.#kindCommand(...words),
      cwd: this.#folder,
      logFile: join(this.#folder, `${name}.log`),
      signal,
    });
  }

  #kindCommand(...words: string[]): string[] {
    const { kind, name } = this.#options;
    const { kubeconfig = '' } = this.kubectl.target;
    return [kind, ...words, '--name', name, '--kubeconfig', kubeconfig];
  }
}
