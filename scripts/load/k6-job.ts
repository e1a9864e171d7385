import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../support/clock.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { unlessAborted } from '../support/interrupt.ts';
import type { Kubectl } from '../support/kubectl.ts';
import { usageFrom, type ProcessUsage } from '../support/process-usage.ts';
import { timeouts } from '../support/timeouts.ts';
import { k6Script, type K6Files } from './k6-command.ts';
import { readCounts } from './k6-counts.ts';
import {
  jobManifest,
  k6Container,
  k6LogFile,
  readerContainer,
  recordsFile,
  releaseCommand,
} from './k6-job-manifest.ts';
import { k6Image } from './k6-release.ts';
import type { ClockSample, Ending, K6Run } from './k6-run.ts';
import type { LoadPlace, LoadRequest } from './load.ts';
import { readPodClock } from './pod-clock.ts';
import { eventsOf } from './pod-events.ts';
import { PodFile } from './pod-file.ts';
import { PodShell } from './pod-shell.ts';
import { readPodStatus, type PodStatus } from './pod-status.ts';

/** k6 is PID 1 of its container. */
const interruptCommand = 'kill -INT 1';
const usageCommand = 'cat /proc/1/stat /proc/1/status';
/** As many as the cluster keeps of a container's last words. */
const shownBytes = 4096;
const pollMs = 250;
/** About what the records that the lab has are behind. */
const readEveryMs = 250;
/** k6 that writes nothing for so long may have ended. */
const quietMs = 2_000;

interface JobRequest {
  request: LoadRequest;
  files: K6Files;
  place: Extract<LoadPlace, { from: 'cluster' }>;
}

/**
 * Has k6 run as a Job, with the script from a ConfigMap. Resolves when the cluster has taken both. Throws a LabError
 * `load-failed` when it does not.
 */
export async function startJob({ request, files, place }: JobRequest): Promise<K6Run> {
  // A name of its own: what is left of an earlier one, and may still be going, is never in the way.
  const name = `k6-${randomBytes(4).toString('hex')}`;
  const script = await readFile(k6Script, 'utf8');
  const held = request.heldUntil !== undefined;
  const manifest = jobManifest({ name, image: place.image ?? k6Image, script, load: request, held });
  const { kubectl } = place;
  try {
    await kubectl.run(['create', '--filename=-'], { input: JSON.stringify(manifest) });
  } catch (error) {
    await remove(kubectl, name, true).catch(() => undefined);
    throw new LabError('load-failed', `the Job of k6 could not be created: ${messageOf(error)}`);
  }
  return new K6Job({ kubectl, name, files, heldUntil: request.heldUntil });
}

async function remove(kubectl: Kubectl, name: string, wait: boolean): Promise<void> {
  const timeoutMs = timeouts.loadRemovalMs;
  const what = [`job/${name}`, `configmap/${name}`, '--ignore-not-found'];
  // In the foreground: the Job goes when its pod has gone.
  await kubectl.run(['delete', ...what, '--cascade=foreground', `--wait=${wait}`], { timeoutMs });
}

interface K6JobParts {
  kubectl: Kubectl;
  name: string;
  files: K6Files;
  heldUntil: Promise<unknown> | undefined;
}

class K6Job implements K6Run {
  /** It is a process of some node. */
  readonly pid = undefined;
  readonly ended: Promise<Ending>;
  readonly #kubectl: Kubectl;
  readonly #name: string;
  readonly #files: K6Files;
  readonly #heldUntil: Promise<unknown> | undefined;
  readonly #removed = new AbortController();
  readonly #shell = Promise.withResolvers<PodShell>();
  #removal: Promise<void> | undefined;
  /** k6 has ended. */
  #over = false;
  /** It was told to end. */
  #interrupted = false;

  constructor({ kubectl, name, files, heldUntil }: K6JobParts) {
    this.#kubectl = kubectl;
    this.#name = name;
    this.#files = files;
    this.#heldUntil = heldUntil;
    this.#shell.promise.catch(() => undefined);
    this.ended = this.#live()
      .catch((error: unknown) => {
        const detail = this.#removed.signal.aborted ? 'removed from the cluster' : messageOf(error);
        return { exitCode: undefined, detail, started: true };
      })
      // Whoever still waits for a shell waits in vain.
      .finally(() => this.#shell.reject(new LabError('load-failed', 'k6 has ended')));
  }

  readClock(): Promise<ClockSample> {
    return this.#ask(readPodClock);
  }

  async usage(): Promise<ProcessUsage | undefined> {
    try {
      const { output } = await this.#ask((shell) => shell.ask(usageCommand));
      const [stat = '', ...status] = output.toString().split('\n');
      return usageFrom(stat, status.join('\n'));
    } catch {
      return undefined;
    }
  }

  /** Asks once more when the connection is lost meanwhile. */
  async #ask<Found>(question: (shell: PodShell) => Promise<Found>): Promise<Found> {
    const shell = await this.#shell.promise;
    return question(shell).catch(() => question(shell));
  }

  async interrupt(): Promise<void> {
    const shell = await this.#shell.promise;
    // Its container takes the log along, and the cluster has it a second later: too long to wait for.
    await this.#noteErrors(shell).catch(() => undefined);
    this.#interrupted = true;
    try {
      await shell.ask(interruptCommand);
    } catch {
      // Its shell ends with k6, perhaps before it could say that it sent the signal.
      const ended = await Promise.race([this.ended.then(() => true), sleep(timeouts.podEndMs, false)]);
      if (!ended) await shell.ask(interruptCommand);
    }
  }

  kill(): Promise<void> {
    this.#removed.abort();
    this.#removal ??= this.#remove();
    return this.#removal;
  }

  async #remove(): Promise<void> {
    // What has ended disturbs nobody; what has not may send until it has gone.
    await remove(this.#kubectl, this.#name, !this.#over);
  }

  async #noteErrors(shell: PodShell): Promise<void> {
    const { output } = await shell.ask(`tail -c ${shownBytes} ${k6LogFile}`);
    if (output.length > 0) await this.#writeLog([output.toString().trimEnd()]);
  }

  /** From the Job to the last byte that k6 wrote. */
  async #live(): Promise<Ending> {
    const status = await this.#started();
    if (status.state === 'absent') return this.#lost('the cluster made no pod for its Job', false);
    if (status.state === 'waiting')
      return this.#lost(`pod ${status.pod} is waiting: ${status.reason}`, false);
    await using shell = new PodShell(this.#kubectl, status.pod, k6Container);
    await using reader = new PodShell(this.#kubectl, status.pod, readerContainer);
    const { signal } = this.#removed;
    for (const each of [shell, reader]) {
      signal.addEventListener('abort', () => void each[Symbol.asyncDispose](), { once: true });
    }
    await this.#release(shell, reader);
    this.#shell.resolve(shell);
    using records = new PodFile(reader, { source: recordsFile, copy: this.#files.console });
    return await this.#follow(records);
  }

  async #release(shell: PodShell, reader: PodShell): Promise<void> {
    if (this.#heldUntil === undefined) return;
    // They need a third of a second each to be connected: now nobody waits for that. Who asks next connects again.
    await Promise.allSettled([shell.ask(':'), reader.ask(':')]);
    await unlessAborted(this.#heldUntil, this.#removed.signal);
    await shell.ask(releaseCommand);
  }

  /** Copies what k6 writes until it ends, or is out of reach for too long. */
  async #follow(records: PodFile): Promise<Ending> {
    const { signal } = this.#removed;
    let heardMs = monotonicMs();
    let askedMs = heardMs;
    let trouble = 'it writes nothing';
    for (;;) {
      const fresh = await records.read().catch((error: unknown) => {
        trouble = messageOf(error);
        return false;
      });
      signal.throwIfAborted();
      if (fresh) heardMs = monotonicMs();
      const done = readCounts(records.lastLine()) !== undefined;
      if (done && this.#interrupted) return this.#endedAsAsked(records);
      if (done || monotonicMs() > Math.max(heardMs, askedMs) + quietMs) {
        const status = await this.#status();
        if (status.state === 'ended') return this.#finish(status, records);
        if (status.state === 'absent') return this.#lost('its pod is gone', true);
        if (monotonicMs() > heardMs + timeouts.podSilenceMs)
          throw new LabError('load-failed', `k6 runs, but ${trouble}`);
        askedMs = monotonicMs();
      }
      await sleep(readEveryMs, undefined, { signal });
    }
  }

  /** The status of the pod when it runs, has run, or when there is no hope that it will. */
  async #started(): Promise<PodStatus> {
    const deadlineMs = monotonicMs() + timeouts.loadPodStartMs;
    for (;;) {
      const status = await this.#status();
      const hopeless = status.state === 'waiting' && status.hopeless;
      if (hopeless || status.state === 'running' || status.state === 'ended') return status;
      if (monotonicMs() >= deadlineMs) return status;
      await sleep(pollMs, undefined, { signal: this.#removed.signal });
    }
  }

  /** The status of the pod; the API server may be away for a while. */
  async #status(): Promise<PodStatus> {
    const { signal } = this.#removed;
    const deadlineMs = monotonicMs() + timeouts.podSilenceMs;
    for (;;) {
      try {
        return await readPodStatus(this.#kubectl, this.#name, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (monotonicMs() >= deadlineMs) throw error;
        await sleep(pollMs, undefined, { signal });
      }
    }
  }

  /** Its counts are the last that it writes. The cluster tells of its end a second later: too long to wait for. */
  async #endedAsAsked(records: PodFile): Promise<Ending> {
    await records.readToEnd();
    this.#over = true;
    return { exitCode: undefined, detail: 'it wrote its counts after SIGINT', started: true };
  }

  async #finish(status: Extract<PodStatus, { state: 'ended' }>, records: PodFile): Promise<Ending> {
    this.#over = true;
    const { exitCode, detail, message, started } = status;
    const events = exitCode === undefined ? await eventsOf(this.#kubectl, this.#name) : [];
    await this.#writeLog([message, ...events]);
    try {
      await records.readToEnd();
      return { exitCode, detail, started };
    } catch (error) {
      this.#removed.signal.throwIfAborted();
      return { exitCode: undefined, detail: `${detail}; its last records: ${messageOf(error)}`, started };
    }
  }

  /** There is nothing to read, or nothing any more: the events of the cluster are all there is. */
  async #lost(detail: string, started: boolean): Promise<Ending> {
    await this.#writeLog(await eventsOf(this.#kubectl, this.#name));
    return { exitCode: undefined, detail, started };
  }

  async #writeLog(lines: string[]): Promise<void> {
    await writeFile(this.#files.log, lines.map((line) => `${line}\n`).join(''));
  }
}
