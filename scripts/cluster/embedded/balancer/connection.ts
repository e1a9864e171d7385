import { connect, type Socket } from 'node:net';
import { systemCodeOf } from '../../../support/errors.ts';
import type { ConnectionRecord } from '../../../timeline/records.ts';
import type { Address } from './messages.ts';
import { RequestIdScanner } from './request-ids.ts';

export interface ConnectionOptions {
  /** Counted from 1 in each trial. */
  id: number;
  client: Socket;
  /** Undefined when no pod was ready. */
  endpoint: { pod: string; address: Address } | undefined;
  now: () => number;
  record: (record: ConnectionRecord) => void;
  refusedHeadMs: number;
  flushBeforeResetMs: number;
}

function howItEnded(error: unknown): string {
  const code = systemCodeOf(error) ?? 'ERROR';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'RST' : code;
}

/**
 * One client's connection and its counterpart to a pod. Bytes, FIN and RST are passed on in the order in
 * which they came, in both directions. The balancer has accepted before the pod can refuse, so a refused
 * client is reset, and only once the id of its request is known: that joins the two without guessing.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #client: Socket;
  readonly #ids = new RequestIdScanner();
  #pod: Socket | undefined;
  #dialled = false;
  #refused: string | undefined;
  #waiting: { chunk: Buffer; ids: string[] }[] = [];
  #clientFinWaits = false;
  #open = 1;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#watchClient();
    if (options.endpoint === undefined) {
      this.#record(['accepted', this.#now(), options.id, '']);
      this.#refuse('NO_ENDPOINT');
    } else {
      this.#record(['accepted', this.#now(), options.id, options.endpoint.pod]);
      this.#dial(options.endpoint.address);
    }
  }

  #now(): number {
    return this.#options.now();
  }

  #record(record: ConnectionRecord): void {
    this.#options.record(record);
  }

  #watchClient(): void {
    const client = this.#client;
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    client.on('end', () => {
      this.#ended('client', 'FIN');
      if (this.#dialled) this.#pod?.end();
      else this.#clientFinWaits = true;
    });
    client.on('error', (error) => {
      this.#ended('client', howItEnded(error));
      this.#pod?.resetAndDestroy();
    });
    client.on('drain', () => this.#pod?.resume());
    client.on('close', () => this.#closed());
  }

  #dial(address: Address): void {
    const pod = connect({ ...address, allowHalfOpen: true, noDelay: true });
    this.#pod = pod;
    this.#open += 1;
    pod.on('connect', () => this.#connected(pod));
    pod.on('data', (chunk: Buffer) => {
      if (!this.#client.write(chunk)) pod.pause();
    });
    pod.on('drain', () => this.#client.resume());
    pod.on('end', () => {
      this.#ended('pod', 'FIN');
      this.#client.end();
    });
    pod.on('error', (error) => {
      if (!this.#dialled) {
        this.#refuse(systemCodeOf(error) ?? 'ERROR');
        return;
      }
      this.#ended('pod', howItEnded(error));
      this.#resetClientAfterFlush();
    });
    pod.on('close', () => this.#closed());
  }

  #connected(pod: Socket): void {
    this.#dialled = true;
    this.#record(['dialled', this.#now(), this.#options.id]);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { chunk, ids } of waiting) this.#toPod(pod, chunk, ids);
    if (this.#clientFinWaits) pod.end();
    else this.#client.resume();
  }

  #fromClient(chunk: Buffer): void {
    const ids = this.#ids.scan(chunk);
    if (this.#refused !== undefined) {
      if (ids[0] !== undefined) this.#resetRefused(ids[0]);
      return;
    }
    if (this.#dialled && this.#pod) this.#toPod(this.#pod, chunk, ids);
    else this.#waiting.push({ chunk, ids });
  }

  #toPod(pod: Socket, chunk: Buffer, ids: string[]): void {
    for (const id of ids) this.#record(['sent', this.#now(), this.#options.id, id]);
    if (!pod.write(chunk)) this.#client.pause();
  }

  #refuse(errno: string): void {
    this.#refused = errno;
    const known = this.#waiting.flatMap(({ ids }) => ids)[0];
    if (known !== undefined) {
      this.#resetRefused(known);
      return;
    }
    // A client that never sends a head (or went away) is reset without an id.
    setTimeout(() => this.#resetRefused(''), this.#options.refusedHeadMs).unref();
  }

  #resetRefused(requestId: string): void {
    if (this.#refused === undefined || this.#client.destroyed) return;
    const { id, endpoint } = this.#options;
    this.#record(['refused', this.#now(), id, endpoint?.pod ?? '', this.#refused, requestId]);
    this.#client.resetAndDestroy();
  }

  /** What the pod sent before its RST reaches the client first, as it would without a balancer. */
  #resetClientAfterFlush(): void {
    const client = this.#client;
    if (client.destroyed) return;
    if (client.writableLength === 0 || client.writableEnded) {
      client.resetAndDestroy();
      return;
    }
    const reset = () => client.resetAndDestroy();
    setTimeout(reset, this.#options.flushBeforeResetMs).unref();
    client.write(Buffer.alloc(0), reset);
  }

  #ended(by: 'client' | 'pod', how: string): void {
    this.#record(['ended', this.#now(), this.#options.id, by, how]);
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    const { id } = this.#options;
    const toPod = this.#pod?.bytesWritten ?? 0;
    this.#record(['closed', this.#now(), id, toPod, this.#client.bytesWritten]);
  }
}
