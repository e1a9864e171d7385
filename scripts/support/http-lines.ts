/** Puts the lines of a section of HTTP together, from bytes that come in pieces. */
export class LineReader {
  /** The line so far, without its LF. */
  line = '';
  /** Bytes of all lines since the section began. */
  sectionBytes = 0;

  /** Counts from here. */
  beginSection(): void {
    this.sectionBytes = 0;
  }

  /** Takes bytes up to the end of the line, or all; returns where the next line begins and whether this one is whole. */
  take(bytes: string, at: number): { next: number; whole: boolean } {
    const lineFeed = bytes.indexOf('\n', at);
    const whole = lineFeed !== -1;
    const end = whole ? lineFeed : bytes.length;
    const next = whole ? end + 1 : end;
    this.line += bytes.slice(at, end);
    this.sectionBytes += next - at;
    return { next, whole };
  }

  /** The whole line, for which the CR before LF may be missing (RFC 9112 §2.2). A new one begins. */
  useLine(): string {
    const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
    this.line = '';
    return line;
  }
}
