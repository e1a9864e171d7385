import { parseField, quoted, sectionLimitBytes, type Framing } from './http-head.ts';
import { LineReader } from './http-lines.ts';

const chunkLineLimitBytes = 4 * 1024;

/** What the next bytes are. */
type Part = 'counted' | 'until close' | 'chunk size' | 'chunk' | 'end of chunk' | 'trailer' | 'nothing';

/** Finds the end of a body; counts it and keeps nothing of it. */
export class BodyReader {
  readonly #lines = new LineReader();
  #part: Part;
  /** Of the body, or of the chunk. */
  #leftBytes = 0;
  /** Without the framing of chunks. */
  bytes = 0;
  /** Why the end cannot be found any more; '' otherwise. */
  problem = '';

  constructor(framing: Framing) {
    this.#part = firstPart(framing);
    if (framing.kind === 'length') this.#leftBytes = framing.bytes;
    if (framing.kind === 'wrong') this.problem = framing.problem;
  }

  get complete(): boolean {
    return this.#part === 'nothing' && this.problem === '';
  }

  /** Takes bytes of one part; returns where the next part, or what is not of this body, begins. */
  take(bytes: string, at: number): number {
    switch (this.#part) {
      case 'nothing':
        return at;
      case 'until close':
        this.bytes += bytes.length - at;
        return bytes.length;
      case 'counted':
      case 'chunk':
        return this.#takeCounted(bytes, at);
      default:
        return this.#takeLine(bytes, at);
    }
  }

  /** Nothing more will come. */
  end(how: 'FIN' | 'RST'): void {
    if (this.complete || this.problem !== '') return;
    if (this.#part === 'until close' && how === 'FIN') this.#part = 'nothing';
    else this.problem = `ended in the body, by ${how}: ${this.#cut()}`;
  }

  #takeCounted(bytes: string, at: number): number {
    const taken = Math.min(this.#leftBytes, bytes.length - at);
    this.#leftBytes -= taken;
    this.bytes += taken;
    if (this.#leftBytes === 0) this.#begin(this.#part === 'chunk' ? 'end of chunk' : 'nothing');
    return at + taken;
  }

  #takeLine(bytes: string, at: number): number {
    const { next, whole } = this.#lines.take(bytes, at);
    this.problem = this.#lineProblem();
    if (whole && this.problem === '') this.#useLine(this.#lines.useLine());
    return next;
  }

  /** What no further byte can mend: the same for a line and for its first bad beginning. */
  #lineProblem(): string {
    const { line, sectionBytes } = this.#lines;
    if (this.#part === 'end of chunk') {
      return '\r'.startsWith(line) ? '' : 'chunk size smaller than its chunk';
    }
    if (this.#part === 'chunk size') {
      return sectionBytes > chunkLineLimitBytes ? 'chunk size on a line larger than 4 KiB' : '';
    }
    return sectionBytes > sectionLimitBytes ? 'trailers larger than 64 KiB' : '';
  }

  #useLine(line: string): void {
    if (this.#part === 'end of chunk') this.#begin('chunk size');
    else if (this.#part === 'chunk size') this.#useChunkSize(line);
    else if (line === '') this.#begin('nothing');
    else if (parseField(line) === undefined) this.problem = `wrong trailer ${quoted(line)}`;
  }

  #useChunkSize(line: string): void {
    // What follows ';' are extensions, which nobody has to know (RFC 9112 §7.1.1).
    const digits = /^([\da-f]+)[ \t]*(?:;.*)?$/is.exec(line)?.[1];
    const bytes = digits === undefined ? NaN : parseInt(digits, 16);
    if (!Number.isSafeInteger(bytes)) {
      this.problem = `chunk size ${quoted(line)}`;
      return;
    }
    this.#leftBytes = bytes;
    this.#begin(bytes === 0 ? 'trailer' : 'chunk');
  }

  #begin(part: Part): void {
    this.#part = part;
    this.#lines.beginSection();
  }

  #cut(): string {
    switch (this.#part) {
      case 'counted':
        return `${this.bytes} of ${this.bytes + this.#leftBytes} bytes`;
      case 'until close':
        return `${this.bytes} bytes of a body that only FIN completes`;
      default:
        return `${this.bytes} bytes, the last chunk is missing`;
    }
  }
}

function firstPart(framing: Framing): Part {
  switch (framing.kind) {
    case 'length':
      return framing.bytes === 0 ? 'nothing' : 'counted';
    case 'chunked':
      return 'chunk size';
    case 'until close':
      return 'until close';
    case 'no body':
    case 'wrong':
      return 'nothing';
  }
}
