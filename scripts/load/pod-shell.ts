import { monotonicMs } from '../support/clock.ts';
import { LabError } from '../support/errors.ts';
import type { Kubectl } from '../support/kubectl.ts';
import { timeouts } from '../support/timeouts.ts';
import { spawnKubectl, type KubectlProcess } from './kubectl-stream.ts';

/** What a command printed, and between which moments of the monotonic clock it ran. */
export interface Answer {
  text: string;
  askedMs: number;
  answeredMs: number;
}

/**
 * A shell in a pod that stays open, so that a command takes a millisecond or two and not the third of a second that
 * `kubectl exec` needs for a connection. One command at a time; a shell that has ended is opened again for the next.
 */
export class PodShell implements AsyncDisposable {
  readonly #kubectl: Kubectl;
  readonly #words: string[];
  #session: KubectlProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #asked = 0;

  constructor(kubectl: Kubectl, pod: string, container: string) {
    this.#kubectl = kubectl;
    this.#words = ['exec', '--stdin', `--container=${container}`, pod, '--', 'sh'];
  }

  /**
   * Runs a command of one line.
   *
   * @throws LabError `kubectl-failed` when it fails, or does not answer in time.
   */
  ask(command: string): Promise<Answer> {
    const answer = this.#last.catch(() => undefined).then(() => this.#ask(command));
    this.#last = answer;
    return answer;
  }

  async #ask(command: string): Promise<Answer> {
    const session = (this.#session ??= this.#open());
    const mark = `end of answer ${(this.#asked += 1)}`;
    const askedMs = monotonicMs();
    const answer = answerFrom(session, mark);
    session.stdin.write(`${command}\necho "${mark}: $?"\n`);
    const { text, status, answeredMs } = await answer.catch((error: unknown) => {
      this.#session = undefined;
      session.kill('SIGKILL');
      throw this.#failed(command, error instanceof Error ? error.message : String(error));
    });
    if (status !== '0') throw this.#failed(command, `exit code ${status}`);
    return { text, askedMs, answeredMs };
  }

  #open(): KubectlProcess {
    const session = spawnKubectl(this.#kubectl, this.#words);
    // What could not be written because the shell has ended is an answer that does not come.
    session.stdin.on('error', () => undefined);
    void session.then(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  #failed(command: string, how: string): LabError {
    const where = this.#words.slice(2).join(' ');
    return new LabError('kubectl-failed', `\`${command}\` failed in ${where}: ${how}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.kill('SIGKILL');
    await this.#session;
  }
}

interface Reply {
  text: string;
  status: string;
  answeredMs: number;
}

/** Reads what comes until the mark. Rejects when the shell ends, or time is up. */
async function answerFrom(session: KubectlProcess, mark: string): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let text = '';
  let errors = '';
  const onOutput = (chunk: Buffer): void => {
    text += chunk.toString();
    const at = text.indexOf(`${mark}: `);
    if (at < 0 || !text.endsWith('\n')) return;
    resolve({
      text: text.slice(0, at),
      status: text.slice(at + mark.length + 2).trim(),
      answeredMs: monotonicMs(),
    });
  };
  const onError = (chunk: Buffer): void => void (errors += chunk.toString());
  const onEnd = (): void => reject(new Error(errors.trim() || 'the shell ended'));
  const limit = setTimeout(
    () => reject(new Error(`no answer within ${timeouts.podCommandMs / 1000} s`)),
    timeouts.podCommandMs,
  );
  session.stdout.on('data', onOutput);
  session.stderr.on('data', onError);
  void session.then(onEnd);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    session.stdout.off('data', onOutput);
    session.stderr.off('data', onError);
  }
}
