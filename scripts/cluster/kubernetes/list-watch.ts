import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { monotonicMs } from '../../support/clock.ts';
import { messageOf } from '../../support/errors.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { Api } from './api.ts';

/** Something about an object that the lab has just heard. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: unknown;
  /** Of the change, as far as Kubernetes told it; undefined for an object that was only found missing. */
  resourceVersion: string | undefined;
}

export interface ListWatchRequest {
  api: Api;
  /** `/api/v1/namespaces/<name>/pods` */
  path: string;
  /** Only objects with these labels; '' for all. */
  labelSelector: string;
  onChange: (change: Change) => void;
  /** It cannot be known any more what happens, and why. Called once. */
  onBroken: (reason: string) => void;
}

/** Everything that happens to the objects below a path. Disposing it ends it. */
export interface ListWatch extends AsyncDisposable {
  /** Resolves when the first list has been handed over; rejects when there is none. */
  readonly synced: Promise<void>;
}

const pauseMs = 250;
const gone = 410;
/** The request itself is wrong, or not allowed: asking again would not help. */
const hopeless = new Set([400, 401, 403, 404, 405, 422]);

const metadata = z.looseObject({ uid: z.string(), resourceVersion: z.string() });
const objectSchema = z.looseObject({ metadata });
const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  items: z.array(objectSchema).nullable(),
});
const eventSchema = z.looseObject({ type: z.string(), object: z.looseObject({}) });
const statusSchema = z.looseObject({ code: z.number().optional(), message: z.string().optional() });
const bookmarkSchema = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });

/** Ends the watch for good. */
class Hopeless extends Error {}

/**
 * Lists, then watches from where the list ended; goes on from the last resourceVersion when the stream ends, and
 * lists again when that is too old (410), so that nothing is missed: what changed meanwhile is found by comparison.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function listWatch(request: ListWatchRequest): ListWatch {
  const watcher = new Watcher(request);
  const running = watcher.run();
  return {
    synced: watcher.synced.promise,
    async [Symbol.asyncDispose]() {
      watcher.stop.abort();
      await running;
    },
  };
}

class Watcher {
  readonly synced: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly stop = new AbortController();
  readonly #request: ListWatchRequest;
  /** By uid: what has been handed over and not been deleted. */
  readonly #known = new Map<string, z.infer<typeof objectSchema>>();
  /** Undefined when there is none to go on from. */
  #resourceVersion: string | undefined;
  /** Monotonic; undefined while it works. */
  #failingSinceMs: number | undefined;

  constructor(request: ListWatchRequest) {
    this.#request = request;
    // Whoever does not wait for the first list hears of it by onBroken.
    this.synced.promise.catch(() => undefined);
  }

  async run(): Promise<void> {
    while (!this.#stopped()) {
      try {
        if (this.#resourceVersion === undefined) await this.#list();
        await this.#watch(this.#resourceVersion ?? '');
      } catch (error) {
        if (this.#stopped()) return;
        this.#failingSinceMs ??= monotonicMs();
        const tooLong = monotonicMs() - this.#failingSinceMs > timeouts.watchRestartMs;
        if (error instanceof Hopeless || tooLong) {
          this.#giveUp(error);
          return;
        }
      }
      // Also after a stream that ended in order: a server that ends each at once is not to be flooded.
      await sleep(pauseMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  #stopped(): boolean {
    return this.stop.signal.aborted;
  }

  #giveUp(error: unknown): void {
    const reason = `the watch of ${this.#request.path} broke: ${messageOf(error)}`;
    this.synced.reject(new Error(reason));
    this.#request.onBroken(reason);
  }

  #path(more: { [name: string]: string }): string {
    const { path, labelSelector } = this.#request;
    const query = new URLSearchParams({ ...(labelSelector && { labelSelector }), ...more }).toString();
    return query === '' ? path : `${path}?${query}`;
  }

  async #list(): Promise<void> {
    const { status, body } = await this.#request.api.get(this.#path({}));
    if (status !== 200) throw refusal(status, body);
    const list = listSchema.parse(JSON.parse(body));
    const items = list.items ?? [];
    const present = new Set(items.map(({ metadata }) => metadata.uid));
    for (const [uid, object] of this.#known) {
      if (present.has(uid)) continue;
      this.#known.delete(uid);
      this.#request.onChange({ type: 'DELETED', object, resourceVersion: undefined });
    }
    for (const object of items) this.#present(object);
    this.#resourceVersion = list.metadata.resourceVersion;
    this.#failingSinceMs = undefined;
    this.synced.resolve();
  }

  /** Hands an object over unless this version of it is known. */
  #present(object: z.infer<typeof objectSchema>): void {
    const { uid, resourceVersion } = object.metadata;
    const known = this.#known.get(uid);
    if (known?.metadata.resourceVersion === resourceVersion) return;
    this.#known.set(uid, object);
    this.#request.onChange({ type: known ? 'MODIFIED' : 'ADDED', object, resourceVersion });
  }

  async #watch(resourceVersion: string): Promise<void> {
    const path = this.#path({ watch: '1', resourceVersion, allowWatchBookmarks: 'true' });
    const { status, lines } = await this.#request.api.stream(path, this.stop.signal);
    if (status !== 200) {
      let body = '';
      for await (const line of lines) body += line;
      if (status === gone) this.#resourceVersion = undefined;
      else throw refusal(status, body);
      return;
    }
    this.#failingSinceMs = undefined;
    for await (const line of lines) {
      const event = eventSchema.parse(JSON.parse(line));
      if (event.type === 'ERROR') {
        this.#failed(statusSchema.parse(event.object));
        return;
      }
      this.#take(event);
    }
  }

  /** The server gave the watch up: only a list can tell what it has not sent. */
  #failed({ code = 0, message = '' }: z.infer<typeof statusSchema>): void {
    this.#resourceVersion = undefined;
    if (code !== gone) throw refusal(code, message);
  }

  #take({ type, object }: z.infer<typeof eventSchema>): void {
    if (type === 'BOOKMARK') {
      this.#resourceVersion = bookmarkSchema.parse(object).metadata.resourceVersion;
      return;
    }
    const checked = objectSchema.parse(object);
    const { uid, resourceVersion } = checked.metadata;
    this.#resourceVersion = resourceVersion;
    if (type === 'DELETED') {
      this.#known.delete(uid);
      this.#request.onChange({ type, object, resourceVersion });
    } else if (type === 'ADDED' || type === 'MODIFIED') this.#present(checked);
  }
}

function refusal(status: number, body: string): Error {
  const text = `HTTP status ${status}: ${messageIn(body).slice(0, 300)}`;
  return hopeless.has(status) ? new Hopeless(text) : new Error(text);
}

/** The message of a Status object, else the text as it is. */
function messageIn(body: string): string {
  try {
    return statusSchema.parse(JSON.parse(body)).message ?? body;
  } catch {
    return body.trim();
  }
}
