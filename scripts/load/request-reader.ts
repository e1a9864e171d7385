import { monotonicMs, roundMs } from '../support/clock.ts';
import { FileTail } from './file-tail.ts';
import { readCounts, type Counts } from './k6-counts.ts';
import type { LoadRequest } from './load.ts';
import { OpenRequests } from './open-requests.ts';
import { parseRequestLine } from './request-line.ts';

const shownCharacters = 200;

/** Hands the lines of the load script to the timeline, and keeps k6's counts and an eye on what is open. */
export class RequestReader implements AsyncDisposable {
  readonly requests = new OpenRequests();
  readonly #tail: FileTail;
  readonly #request: LoadRequest;
  #lines = 0;
  #garbledLines = 0;
  #counts: Counts | undefined;

  constructor(consoleFile: string, request: LoadRequest) {
    this.#tail = new FileTail(consoleFile);
    this.#request = request;
  }

  /** True once k6 has written a request. */
  get begun(): boolean {
    return this.#lines > 0;
  }

  get garbledLines(): number {
    return this.#garbledLines;
  }

  /** k6's own counts; undefined until it has ended, and when it did not end in order. */
  get counts(): Counts | undefined {
    return this.#counts;
  }

  /** Records all that was written since the last call. */
  async read(): Promise<void> {
    await this.#tail.read((line) => this.#take(line));
  }

  /** Records the rest, after k6 has ended. */
  async readToEnd(): Promise<void> {
    await this.read();
    if (this.#tail.unfinished !== '') this.#take(this.#tail.unfinished);
    if (this.#garbledLines > 1) this.#problem(`${this.#garbledLines} lines of k6 could not be read in all`);
  }

  #take(line: string): void {
    const counts = readCounts(line);
    if (counts) {
      this.#counts = counts;
      return;
    }
    const record = parseRequestLine(line);
    if (record === undefined) {
      this.#garbledLines += 1;
      const shown = line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line;
      if (this.#garbledLines === 1) this.#problem(`k6 wrote a line that is no request record: ${shown}`);
      return;
    }
    const { record: write, originMs } = this.#request;
    if (!this.begun) write({ type: 'load', atMs: roundMs(monotonicMs() - originMs), event: 'firstRequest' });
    this.#lines += 1;
    this.requests.add(record);
    write(record);
  }

  #problem(detail: string): void {
    const atMs = roundMs(monotonicMs() - this.#request.originMs);
    this.#request.record({ type: 'problem', atMs, code: 'load-garbled', detail });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tail[Symbol.asyncDispose]();
  }
}
