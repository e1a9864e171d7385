import { LabError } from '../support/errors.ts';
import type { Kubectl } from '../support/kubectl.ts';
import { JoinedLog } from './joined-log.ts';
import { spawnKubectl } from './kubectl-stream.ts';

/**
 * Copies the log of a container to a file, whole: one that is taken up again is read from its beginning, and what is
 * in the file already is left out (the kubelet has no other address for a byte of a log). It cannot be taken up again
 * after the kubelet has put it aside, which it does beyond `containerLogMaxSize`, 10 MiB unless it is told otherwise:
 * a line there is 40 bytes longer than here, which makes three and a half minutes at 200 requests/s. A reading that
 * goes on meanwhile follows it into the next file.
 */
export class PodLog implements Disposable {
  readonly #kubectl: Kubectl;
  readonly #args: string[];
  readonly #log: JoinedLog;

  constructor(kubectl: Kubectl, source: { pod: string; container: string; file: string }) {
    this.#kubectl = kubectl;
    this.#args = ['logs', `--container=${source.container}`, source.pod];
    this.#log = new JoinedLog(source.file);
  }

  /** How much of it is in the file. */
  get bytes(): number {
    return this.#log.bytes;
  }

  /** The last line of the file if it is a whole one, else ''. */
  lastLine(): string {
    return this.#log.lastLine();
  }

  /**
   * Copies what the container writes until its log ends or is out of reach: which of the two, its status tells.
   *
   * @returns what kubectl said when it failed.
   * @throws LabError `log-changed` when the log does not begin with what was read of it before.
   */
  follow(signal: AbortSignal): Promise<string | undefined> {
    return this.#copy([...this.#args, '--follow'], signal);
  }

  /**
   * Copies what is left of the log of a container that has ended.
   *
   * @throws LabError `kubectl-failed`, or `log-changed` as above.
   */
  async readToEnd(signal: AbortSignal): Promise<void> {
    const failure = await this.#copy(this.#args, signal);
    if (failure !== undefined) throw new LabError('kubectl-failed', `kubectl logs failed: ${failure}`);
    if (this.#log.missing > 0)
      throw new LabError('log-changed', `the log has become ${this.#log.missing} bytes shorter`);
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
  }

  /** Resolves with why kubectl failed, or undefined. */
  async #copy(args: string[], signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    this.#log.restart();
    const child = spawnKubectl(this.#kubectl, args);
    const end = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', end);
    child.stdin.end();
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) this.#log.take(chunk);
      const { failed, shortMessage } = await child;
      signal.throwIfAborted();
      return failed ? errors.trim() || shortMessage : undefined;
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }
}
