import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { LabError } from '../support/errors.ts';
import type { PodShell } from './pod-shell.ts';

/** A line of k6 is a tenth of this at most. */
const lastLineBytes = 8 * 1024;

/**
 * Copies a file in a pod that something there appends to. Every reading asks for what follows the bytes that are here,
 * so whatever breaks in between, each byte comes once and in its place.
 */
export class PodFile implements Disposable {
  readonly #shell: PodShell;
  readonly #source: string;
  readonly #copy: number;
  #bytes = 0;

  constructor(shell: PodShell, { source, copy }: { source: string; copy: string }) {
    this.#shell = shell;
    this.#source = source;
    this.#copy = openSync(copy, 'ax+');
  }

  /**
   * Copies what was appended since the last reading; a file that is not there yet is empty.
   *
   * @returns whether there was any.
   * @throws LabError `kubectl-failed` when the pod cannot be asked; what is here then is good.
   */
  async read(): Promise<boolean> {
    const file = this.#source;
    const { output } = await this.#shell.ask(`[ ! -e ${file} ] || tail -c +${this.#bytes + 1} ${file}`);
    writeFileSync(this.#copy, output);
    this.#bytes += output.length;
    return output.length > 0;
  }

  /**
   * Copies the rest of a file that is not appended to any more.
   *
   * @throws LabError `kubectl-failed` as above, `copy-incomplete` when the copy does not have the length of the file.
   */
  async readToEnd(): Promise<void> {
    await this.read();
    const { output } = await this.#shell.ask(`[ ! -e ${this.#source} ] || wc -c < ${this.#source}`);
    const bytes = Number(output.toString());
    if (bytes === this.#bytes) return;
    const message = `${this.#source} has ${bytes} bytes in its pod, and ${this.#bytes} came out of it`;
    throw new LabError('copy-incomplete', message);
  }

  /** The last line if it is a whole one, without its line break; else ''. */
  lastLine(): string {
    const buffer = Buffer.alloc(Math.min(this.#bytes, lastLineBytes));
    const length = readSync(this.#copy, buffer, 0, buffer.length, this.#bytes - buffer.length);
    const text = buffer.toString('utf8', 0, length);
    return text.endsWith('\n') ? text.slice(text.lastIndexOf('\n', text.length - 2) + 1, -1) : '';
  }

  [Symbol.dispose](): void {
    closeSync(this.#copy);
  }
}
