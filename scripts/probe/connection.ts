import { connect, type Socket } from 'node:net';
import { systemCodeOf } from '../support/errors.ts';
import { ResponseReader, type ResponseState } from '../support/http-response.ts';
import type { ProbeConnectionRecord, ProbeSentRecord } from '../timeline/probe-records.ts';
import type { Address } from './requests.ts';

/** Where a connection goes and where it puts what it sees. */
export interface Wire {
  address: Address;
  /** Session time in milliseconds. */
  now: () => number;
  record: (record: ProbeConnectionRecord) => void;
}

/** Of each connection, so many received bytes are recorded: enough for any answer to be judged, not for a stream. */
const recordedBytesLimit = 1 << 20;
/** Of all connections: a buffer for each read, as streams take one, costs a sweep tenths of a millisecond. */
const readBuffer = Buffer.alloc(1 << 16);
/** Pieces that may wait to be read: a stream without end must not pile up. */
const unreadLimit = 64;

/**
 * One raw TCP connection to the server. It records what happens to it, and closes its side as soon as the
 * server has closed its own, as clients do.
 */
export class ProbeConnection {
  readonly id: number;
  readonly #wire: Wire;
  #socket: Socket | undefined;
  #reader: ResponseReader | undefined;
  /** What the reader has not been given yet. */
  #unread: string[] = [];
  #connected = false;
  #ended = false;
  #receivedBytes = 0;
  #waiting: (() => void)[] = [];

  constructor(id: number, wire: Wire) {
    this.id = id;
    this.#wire = wire;
  }

  /** FIN, RST or a refusal was seen, or the lab has closed it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What came in answer to the request that was sent last; undefined before the first. */
  get answer(): ResponseState | undefined {
    this.#readOn();
    return this.#reader?.state;
  }

  /** True when a client would send another request: the last answer was whole and did not announce the end. */
  get reusable(): boolean {
    return !this.#ended && this.answer?.phase === 'complete' && !this.answer.closeAnnounced;
  }

  /** Begins to connect. */
  dial(): void {
    if (this.#ended) return;
    const { id } = this;
    const { address, now, record } = this.#wire;
    record(['dial', now(), id]);
    const onread = { buffer: readBuffer, callback: (length: number) => this.#received(length) };
    const socket = connect({ ...address, allowHalfOpen: true, noDelay: true, onread });
    this.#socket = socket;
    socket.on('connect', () => {
      record(['connected', now(), id]);
      this.#connected = true;
      this.#changed();
    });
    socket.on('end', () => {
      record(['fin', now(), id]);
      this.#readOn();
      this.#reader?.end('FIN');
      this.close();
    });
    socket.on('error', (error) => {
      record(['error', now(), id, systemCodeOf(error) ?? error.message]);
      this.#readOn();
      this.#reader?.end('RST');
      this.#ended = true;
      this.#changed();
    });
  }

  /** Sends at once. Everything but a second half begins a request whose answer is then awaited. */
  send(part: ProbeSentRecord[3], bytes: string): void {
    if (this.#ended || !this.#connected) return;
    if (part !== 'second half') {
      this.#readOn();
      this.#reader = new ResponseReader({ method: bytes.slice(0, bytes.indexOf(' ')) });
    }
    this.#wire.record(['sent', this.#wire.now(), this.id, part, bytes]);
    this.#socket?.write(bytes, 'latin1');
  }

  /** Leaves what comes in to the kernel, also FIN and RST, until `resume`. */
  pause(): void {
    this.#socket?.pause();
  }

  /** Takes up reading again. */
  resume(): void {
    this.#socket?.resume();
  }

  /** Resolves when it is connected or has ended. */
  connected(): Promise<void> {
    return this.#until(() => this.#connected);
  }

  /** Resolves when the last request has been answered, whole or in a way that cannot become whole, or all is over. */
  answered(): Promise<void> {
    return this.#until(() => this.answer?.phase === 'complete' || this.answer?.phase === 'broken');
  }

  /** Closes the lab's side, and with it the connection. Does nothing to one that has ended or never began. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#socket) {
      this.#wire.record(['closed', this.#wire.now(), this.id]);
      this.#socket.destroy();
    }
    this.#changed();
  }

  #received(length: number): true {
    const room = recordedBytesLimit - this.#receivedBytes;
    this.#receivedBytes += length;
    const bytes = readBuffer.toString('latin1', 0, length);
    if (room > 0) this.#wire.record(['received', this.#wire.now(), this.id, bytes.slice(0, room)]);
    this.#unread.push(bytes);
    if (this.#unread.length >= unreadLimit) this.#readOn();
    this.#changed();
    return true;
  }

  /** Reading waits until somebody asks: a sweep has hundreds of connections and not a millisecond to spare. */
  #readOn(): void {
    const unread = this.#unread;
    if (unread.length === 0) return;
    this.#unread = [];
    for (const bytes of unread) this.#reader?.push(bytes);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!this.#ended && !holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
