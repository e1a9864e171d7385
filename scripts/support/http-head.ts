/** The head of an HTTP/1.x answer: its lines, how its body ends, and whether the connection outlives it. */

/** The first line, as far as it matters. */
export interface StatusLine {
  /** A minor version above 1 is read as 1.1 (RFC 9110 §2.5). */
  version: '1.0' | '1.1';
  status: number;
}

/** What is known when the head is whole. */
export interface ResponseHead extends StatusLine {
  /** Names in lower case; repeated ones joined by ', '. */
  headers: ReadonlyMap<string, string>;
}

/** How the end of a body is known. */
export type Framing =
  | { kind: 'no body' }
  | { kind: 'length'; bytes: number }
  | { kind: 'chunked' }
  | { kind: 'until close' }
  /** Nobody can say where it ends. */
  | { kind: 'wrong'; problem: string };

/** Of a whole head, and of the trailers: far beyond what servers send, and little to keep. */
export const sectionLimitBytes = 64 * 1024;

const shownCharacters = 40;

/** The beginning of bytes from a server, fit for a message. */
export function quoted(bytes: string): string {
  const printable = bytes
    .slice(0, shownCharacters)
    .replaceAll(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${printable}${bytes.length > shownCharacters ? '…' : ''}"`;
}

const statusLine = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: .*)?$/s;

/** Undefined when the line is none. The space after the status may be missing, as old servers do it. */
export function parseStatusLine(line: string): StatusLine | undefined {
  const [, minor, status] = statusLine.exec(line) ?? [];
  if (minor === undefined) return undefined;
  return { version: minor === '0' ? '1.0' : '1.1', status: Number(status) };
}

const fieldLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/s;

/** Name in lower case, and value; undefined when the line is no header. */
export function parseField(line: string): [name: string, value: string] | undefined {
  const [, name, value] = fieldLine.exec(line) ?? [];
  if (name === undefined || value === undefined || !isFieldValue(value)) return undefined;
  return [name.toLowerCase(), value];
}

/** NUL and a CR of its own never stand in a header (RFC 9110 §5.5). */
export function isFieldValue(value: string): boolean {
  return !value.includes('\0') && !value.includes('\r');
}

/** The items of a list such as `Connection: close, TE`, in lower case. */
function tokens(head: ResponseHead, name: string): string[] {
  return (head.headers.get(name) ?? '')
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
}

/** How the body of the answer to this request ends, by the order of RFC 9112 §6.3. */
export function framingOf(head: ResponseHead, method: string): Framing {
  const { status, headers, version } = head;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'no body' };
  if (method === 'CONNECT' && status < 300) return { kind: 'no body' };
  if (headers.has('transfer-encoding')) {
    if (version === '1.0') return { kind: 'wrong', problem: 'Transfer-Encoding in an HTTP/1.0 answer' };
    const chunked = tokens(head, 'transfer-encoding').at(-1) === 'chunked';
    return { kind: chunked ? 'chunked' : 'until close' };
  }
  const length = headers.get('content-length');
  return length === undefined ? { kind: 'until close' } : lengthFraming(length);
}

/** A list of equal lengths is one length; anything else cannot be trusted. */
function lengthFraming(value: string): Framing {
  const lengths = value.split(',').map((item) => item.trim());
  const [bytes = NaN, ...others] = lengths.map((item) => (/^\d+$/.test(item) ? Number(item) : NaN));
  return Number.isSafeInteger(bytes) && others.every((other) => other === bytes)
    ? { kind: 'length', bytes }
    : { kind: 'wrong', problem: `wrong Content-Length ${quoted(value)}` };
}

/** Whether the client was told that this is the last answer on the connection (RFC 9112 §9.3, §9.6). */
export function announcesClose(head: ResponseHead, framing: Framing): boolean {
  const options = tokens(head, 'connection');
  if (options.includes('close') || framing.kind === 'until close') return true;
  return head.version === '1.0' && !options.includes('keep-alive');
}
