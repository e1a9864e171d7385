import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { lastLines } from '../../support/log-tail.ts';
import { makeFolder } from '../../support/write-whole.ts';
import type { Api } from './api.ts';

const shownLines = 12;
/** An app that logs without end must not fill the disk. The beginning stays, where a server says what it is. */
const keptBytes = 10 * 1024 * 1024;
const cutNotice = `The lab keeps the first ${keptBytes / 1024 / 1024} MiB of a container's log. The rest is not here.`;

export interface PodLogsRequest {
  api: Api;
  namespace: string;
  /** Each pod has `<name>.log` in it. */
  folder: string;
}

/**
 * Follows the log of every container from its start on, with the runtime's timestamps: when its pod has gone, there
 * is nothing left to read. Disposing it ends that.
 */
export class PodLogs implements AsyncDisposable {
  readonly #request: PodLogsRequest;
  readonly #stop = new AbortController();
  /** `<pod> <restart count>` */
  readonly #followed = new Set<string>();
  readonly #cut = new Set<string>();
  readonly #running = new Set<Promise<void>>();

  constructor(request: PodLogsRequest) {
    this.#request = request;
    makeFolder(request.folder);
  }

  fileOf(pod: string): string {
    return join(this.#request.folder, `${pod}.log`);
  }

  /**
   * What a pod printed last. It is asked for where it was not followed that far: one that crashes at once may be over
   * before it can be followed.
   */
  async lastLinesOf(pod: string): Promise<string[]> {
    const followed = await lastLines(this.fileOf(pod), shownLines);
    if (followed.length > 0 && !this.#cut.has(pod)) return followed;
    const { api, namespace } = this.#request;
    for (const which of ['false', 'true']) {
      const query = `tailLines=${shownLines}&previous=${which}`;
      const { status, body } = await api.get(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`);
      if (status === 200 && body.trim() !== '') return body.trim().split('\n');
    }
    return followed;
  }

  /** The container of this pod has been started, for the first time or again. */
  follow(pod: string, restartCount: number): void {
    const key = `${pod} ${restartCount}`;
    if (this.#followed.has(key)) return;
    this.#followed.add(key);
    const running = this.#copy(pod)
      // A log that breaks off is shorter; nothing else depends on it.
      .catch(() => undefined)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when what containers that have ended said is written; at the latest after this time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #copy(pod: string): Promise<void> {
    const { api, namespace } = this.#request;
    const query = `follow=true&timestamps=true&limitBytes=${keptBytes}`;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
    const { status, lines } = await api.stream(path, this.#stop.signal);
    if (status !== 200) return;
    const file = createWriteStream(this.fileOf(pod), { flags: 'a' });
    // A full disk is reported by whoever writes the timeline.
    file.on('error', () => undefined);
    let bytes = 0;
    try {
      for await (const line of lines) {
        bytes += Buffer.byteLength(line) + 1;
        file.write(`${line}\n`);
      }
      if (bytes < keptBytes) return;
      this.#cut.add(pod);
      file.write(`${cutNotice}\n`);
    } finally {
      file.end();
      await once(file, 'close');
    }
  }
}
