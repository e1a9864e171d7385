import { BodyReader } from './http-body.ts';
import {
  announcesClose,
  framingOf,
  isFieldValue,
  parseField,
  parseStatusLine,
  quoted,
  sectionLimitBytes,
  type StatusLine,
} from './http-head.ts';
import { LineReader } from './http-lines.ts';

/** How far an answer has come; `head` also between an interim answer and the final one. */
export type ResponsePhase = 'none' | 'head' | 'body' | 'complete' | 'broken';

/** What is known of an answer. */
export interface ResponseState {
  phase: ResponsePhase;
  /** Of the final answer, once its first line is whole. */
  status: number | null;
  version: '1.0' | '1.1' | null;
  /** The whole head says that the connection ends with this answer (RFC 9112 §9.6). */
  closeAnnounced: boolean;
  /** Names in lower case; repeated ones joined by ', '. Of the final answer only. */
  headers: ReadonlyMap<string, string>;
  /** Of the body without the framing of its chunks. */
  bodyBytes: number;
  /** Status of every interim answer; 101 is a final one. */
  interim: readonly number[];
  /** What came after the end of the answer. */
  surplusBytes: number;
  /** Why it is broken; '' otherwise. */
  problem: string;
}

const interimLimit = 100;
/** Kept of something that is not HTTP, so that it can be shown; a little more than is shown of it. */
const openingBytes = 100;

const statusLineBegin = 'HTTP/1.1 ';
/** One of the four record types, and the major version of every TLS (RFC 8446 §5.1). */
const isTlsRecord = (bytes: string): boolean =>
  bytes.charCodeAt(0) >= 0x14 && bytes.charCodeAt(0) <= 0x17 && bytes.charCodeAt(1) === 3;

/** True when this is, or may still become, the beginning of a status line. */
function mayBeHttp(opening: string): boolean {
  return /^HTTP\/1\.\d /.test(opening + statusLineBegin.slice(opening.length));
}

/** 101 is the last answer there is in HTTP; all other 1xx announce another one (RFC 9110 §15.2). */
function isInterim({ status }: StatusLine): boolean {
  return status < 200 && status !== 101;
}

/**
 * Reads one HTTP/1.x answer as its bytes come (RFC 9112), however they are split. Nothing a server sends makes it
 * throw or grow: heads have a limit, bodies are counted and not kept.
 */
export class ResponseReader {
  readonly #method: string;
  readonly #lines = new LineReader();
  readonly #interim: number[] = [];
  #phase: ResponsePhase = 'none';
  #statusLine: StatusLine | undefined;
  #headers = new Map<string, string>();
  #lastHeader: string | undefined;
  #closeAnnounced = false;
  #body: BodyReader | undefined;
  #surplusBytes = 0;
  #problem = '';
  /** The first bytes of this head. */
  #opening = '';
  #isHttp = true;
  #ended = false;

  /** The method of the request decides whether its answer has a body. */
  constructor(request: { method: string }) {
    this.#method = request.method;
  }

  /** As of now; it does not change when more is pushed. */
  get state(): ResponseState {
    const final = this.#statusLine && !isInterim(this.#statusLine) ? this.#statusLine : undefined;
    return {
      phase: this.#phase,
      status: final?.status ?? null,
      version: final?.version ?? null,
      closeAnnounced: this.#closeAnnounced,
      headers: new Map(final ? this.#headers : []),
      bodyBytes: this.#body?.bytes ?? 0,
      interim: [...this.#interim],
      surplusBytes: this.#surplusBytes,
      problem: this.#isHttp ? this.#problem : this.#notHttp(),
    };
  }

  /** Takes the next bytes, one character a byte (latin1). */
  push(bytes: string): void {
    if (this.#ended || bytes === '') return;
    if (this.#phase === 'none') this.#phase = 'head';
    let at = 0;
    while (at < bytes.length && this.#phase !== 'broken') at = this.#take(bytes, at);
    // However little was enough to see that it is no HTTP, the message shows as much as there is.
    if (!this.#isHttp) this.#keepOpening(bytes.slice(at));
  }

  /** The server ended its direction, or the connection broke: nothing more will come. */
  end(how: 'FIN' | 'RST'): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#phase === 'head') {
      const interim = this.#opening === '' ? this.#interim.at(-1) : undefined;
      this.#break(
        interim === undefined
          ? `ended in the head, by ${how}`
          : `ended after the interim answer ${interim}, by ${how}`,
      );
    }
    this.#body?.end(how);
    this.#followBody();
  }

  #take(bytes: string, at: number): number {
    if (this.#phase === 'head') return this.#takeHead(bytes, at);
    if (this.#phase === 'body' && this.#body) {
      const next = this.#body.take(bytes, at);
      this.#followBody();
      return next;
    }
    this.#surplusBytes += bytes.length - at;
    return bytes.length;
  }

  #takeHead(bytes: string, at: number): number {
    const { next, whole } = this.#lines.take(bytes, at);
    if (!this.#statusLine) {
      this.#keepOpening(bytes.slice(at, next));
      this.#isHttp = mayBeHttp(this.#opening);
      if (!this.#isHttp) this.#phase = 'broken';
    }
    if (this.#lines.sectionBytes > sectionLimitBytes) this.#break('head larger than 64 KiB');
    if (whole && this.#phase === 'head') this.#useLine(this.#lines.useLine());
    return next;
  }

  #useLine(line: string): void {
    if (!this.#statusLine) {
      this.#statusLine = parseStatusLine(line);
      if (!this.#statusLine) this.#break(`wrong status line ${quoted(line)}`);
    } else if (line === '') {
      this.#endHead(this.#statusLine);
    } else {
      this.#useHeader(line);
    }
  }

  #useHeader(line: string): void {
    const folded = /^[ \t]+(.*?)[ \t]*$/s.exec(line)?.[1];
    if (folded !== undefined && this.#lastHeader !== undefined && isFieldValue(folded)) {
      // A folded line belongs to the header before it (RFC 9112 §5.2).
      this.#headers.set(this.#lastHeader, `${this.#headers.get(this.#lastHeader) ?? ''} ${folded}`.trim());
      return;
    }
    const field = parseField(line);
    if (!field) {
      this.#break(`wrong header ${quoted(line)}`);
      return;
    }
    const [name, value] = field;
    const before = this.#headers.get(name);
    this.#headers.set(name, before === undefined ? value : `${before}, ${value}`);
    this.#lastHeader = name;
  }

  #endHead(statusLine: StatusLine): void {
    if (isInterim(statusLine)) {
      this.#endInterim(statusLine.status);
      return;
    }
    const head = { ...statusLine, headers: this.#headers };
    const framing = framingOf(head, this.#method);
    this.#closeAnnounced = announcesClose(head, framing);
    this.#phase = 'body';
    this.#body = new BodyReader(framing);
    this.#followBody();
  }

  #endInterim(status: number): void {
    this.#interim.push(status);
    this.#statusLine = undefined;
    this.#headers = new Map();
    this.#lastHeader = undefined;
    this.#opening = '';
    this.#lines.beginSection();
    if (this.#interim.length > interimLimit) this.#break(`more than ${interimLimit} interim answers`);
  }

  #followBody(): void {
    if (this.#phase !== 'body' || !this.#body) return;
    if (this.#body.complete) this.#phase = 'complete';
    else if (this.#body.problem !== '') this.#break(this.#body.problem);
  }

  #break(problem: string): void {
    if (this.#phase === 'broken') return;
    this.#phase = 'broken';
    this.#problem = problem;
  }

  #keepOpening(bytes: string): void {
    this.#opening = (this.#opening + bytes.slice(0, openingBytes)).slice(0, openingBytes);
  }

  #notHttp(): string {
    return isTlsRecord(this.#opening) ? 'TLS, not HTTP' : `not HTTP: begins with ${quoted(this.#opening)}`;
  }
}
