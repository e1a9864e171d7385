import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { monotonicMs } from '../support/clock.ts';
import { parentDeathPrefix } from '../support/contained.ts';
import { LabError, messageOf } from '../support/errors.ts';
import type { Kubectl } from '../support/kubectl.ts';
import { timeouts } from '../support/timeouts.ts';

/** What a command printed, and between which moments of the monotonic clock it ran. */
export interface Answer {
  output: Buffer;
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
  /** Ends an answer; nothing else in a pod says that. */
  readonly #mark = `end-of-answer-${randomBytes(8).toString('hex')}`;
  #session: Session | undefined;
  #last: Promise<unknown> = Promise.resolve();

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
    const askedMs = monotonicMs();
    const reply = replyOf(session, this.#mark);
    session.stdin.write(`${command}\necho "${this.#mark} $?"\n`);
    const { output, status } = await reply.catch((error: unknown) => {
      // What it may still say is no answer to the next command.
      this.#session = undefined;
      session.kill('SIGKILL');
      throw this.#failed(command, messageOf(error));
    });
    if (status !== 0) throw this.#failed(command, `exit code ${status}`);
    return { output, askedMs, answeredMs: monotonicMs() };
  }

  #failed(command: string, how: string): LabError {
    const where = this.#words.slice(2).join(' ');
    return new LabError('kubectl-failed', `\`${command}\` failed in ${where}: ${how}`);
  }

  #open(): Session {
    const session = spawnShell(this.#kubectl.argv(this.#words));
    // What could not be written because the shell has ended is an answer that does not come.
    session.stdin.on('error', () => undefined);
    void session.then(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.kill('SIGKILL');
    await this.#session;
  }
}

/** In a session of its own, so that Ctrl+C in the terminal does not reach it; it ends with the lab where the system can do that. */
function spawnShell(argv: readonly string[]) {
  const [program = '', ...words] = [...parentDeathPrefix(), ...argv];
  return execa(program, words, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    encoding: 'buffer',
    buffer: false,
    reject: false,
    detached: true,
  });
}

type Session = ReturnType<typeof spawnShell>;

/** Reads what comes until the mark and the exit code behind it. Rejects when the shell ends, or time is up. */
async function replyOf(session: Session, mark: string): Promise<{ output: Buffer; status: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ output: Buffer; status: number }>();
  const chunks: Buffer[] = [];
  let errors = '';
  const onOutput = (chunk: Buffer): void => {
    chunks.push(chunk);
    // The mark comes last, but perhaps in two parts.
    if (chunk.at(-1) !== 10) return;
    const output = Buffer.concat(chunks);
    const at = output.lastIndexOf(`${mark} `);
    if (at >= 0)
      resolve({ output: output.subarray(0, at), status: Number(output.toString('utf8', at + mark.length)) });
  };
  const onError = (chunk: Buffer): void => void (errors += chunk.toString());
  const limitMs = timeouts.podCommandMs;
  const limit = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  session.stdout.on('data', onOutput);
  session.stderr.on('data', onError);
  void session.then(() => reject(new Error(errors.trim() || 'the shell ended')));
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    session.stdout.off('data', onOutput);
    session.stderr.off('data', onError);
  }
}
