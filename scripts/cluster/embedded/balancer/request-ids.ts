const name = 'x-rid: ';
/** Longest id that is read, and so the most that is kept of a chunk for the next one. */
const longestId = 64;

/**
 * Finds the `X-Rid` headers in the bytes that a client sends, also when a header is split over chunks.
 * It does not parse HTTP: the load's bodies are one byte, so nothing but a head can hold the name.
 */
export class RequestIdScanner {
  #rest = '';

  /** The ids whose header line ends in this chunk. */
  scan(chunk: Buffer): string[] {
    const text = this.#rest + chunk.toString('latin1');
    const lower = text.toLowerCase();
    const ids: string[] = [];
    let from = 0;
    for (;;) {
      const start = lower.indexOf(name, from);
      if (start === -1) break;
      const end = text.indexOf('\r\n', start);
      if (end === -1) {
        this.#rest = text.slice(start, start + name.length + longestId);
        return ids;
      }
      ids.push(text.slice(start + name.length, end).trim());
      from = end;
    }
    // The name itself may be cut: keep what could be its beginning.
    this.#rest = text.slice(Math.max(from, text.length - name.length + 1));
    return ids;
  }
}
