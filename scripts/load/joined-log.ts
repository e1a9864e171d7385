import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { LabError } from '../support/errors.ts';

/** A line of k6 is a tenth of this at most. */
const lastLineBytes = 8 * 1024;

/**
 * A file that is put together from readings of one log, each of which begins at the first byte of the log and may
 * break off anywhere: what an earlier reading brought is compared and left out, so that every byte is there once.
 */
export class JoinedLog implements Disposable {
  readonly #file: number;
  #bytes = 0;
  #read = 0;

  constructor(file: string) {
    this.#file = openSync(file, 'ax+');
  }

  /** How much of the log is in the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A reading from the first byte begins. */
  restart(): void {
    this.#read = 0;
  }

  /**
   * Takes the next bytes of this reading.
   *
   * @throws LabError `log-changed` when an earlier reading had something else at their place.
   */
  take(chunk: Buffer): void {
    const known = chunk.subarray(0, this.missing);
    if (!known.equals(this.#at(this.#read, known.length))) {
      throw new LabError('log-changed', `the log is not what it was at byte ${this.#read}`);
    }
    const fresh = chunk.subarray(known.length);
    writeFileSync(this.#file, fresh);
    this.#bytes += fresh.length;
    this.#read += chunk.length;
  }

  /** Bytes of earlier readings to which this one has not come. */
  get missing(): number {
    return this.#bytes - this.#read;
  }

  /** The last line if it is a whole one, without its line break; else ''. */
  lastLine(): string {
    const length = Math.min(this.#bytes, lastLineBytes);
    const text = this.#at(this.#bytes - length, length).toString();
    return text.endsWith('\n') ? text.slice(text.lastIndexOf('\n', text.length - 2) + 1, -1) : '';
  }

  #at(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    let count = 0;
    while (count < length) count += readSync(this.#file, bytes, count, length - count, position + count);
    return bytes;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
