import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { systemCodeOf } from '../support/errors.ts';

const chunkBytes = 256 * 1024;

/**
 * Reads the lines that another process appends to a file. A file and not a pipe, so that a lab that is late
 * never blocks the writer.
 */
export class FileTail implements AsyncDisposable {
  readonly #file: string;
  readonly #decoder = new StringDecoder('utf8');
  readonly #buffer = Buffer.alloc(chunkBytes);
  #handle: FileHandle | undefined;
  #unfinished = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** What follows the last line break: the beginning of a line. */
  get unfinished(): string {
    return this.#unfinished;
  }

  /** Calls back with every whole line written since the last call; a file that is not there has none. */
  async read(onLine: (line: string) => void): Promise<void> {
    this.#handle ??= await this.#open();
    if (this.#handle === undefined) return;
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      const lines = (this.#unfinished + this.#decoder.write(this.#buffer.subarray(0, bytesRead))).split('\n');
      this.#unfinished = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    try {
      return await open(this.#file, 'r');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
