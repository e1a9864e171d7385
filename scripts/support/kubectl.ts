import { execa } from 'execa';
import { parentDeathPrefix } from './contained.ts';
import { commandLine } from './command.ts';
import { LabError } from './errors.ts';
import { describeExit } from './exit-meaning.ts';

const shownLines = 10;
const defaultTimeoutMs = 30_000;

/** Whom kubectl talks to. */
export interface KubectlTarget {
  /** The kubectl program. */
  program: string;
  /** A file of its own, so that the user's current context is neither read nor changed; undefined for the user's. */
  kubeconfig: string | undefined;
  context: string;
  /** Undefined for what belongs to no namespace. */
  namespace: string | undefined;
}

export interface KubectlOptions {
  /** Standard input. */
  input?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** A kubectl command that goes on until it is ended. Disposing it ends it. */
export interface Following extends AsyncDisposable {
  /** Lines of its standard output. */
  readonly lines: AsyncIterable<string>;
  /** Why it ended: undefined when it was disposed. Never rejects. */
  readonly ended: Promise<string | undefined>;
}

/** kubectl, bound to one context and one namespace. */
export class Kubectl {
  readonly target: KubectlTarget;

  constructor(target: KubectlTarget) {
    this.target = target;
  }

  /** In which its commands look for what belongs to one. */
  get namespace(): string {
    return this.target.namespace ?? 'default';
  }

  /** The same cluster, another namespace. */
  in(namespace: string | undefined): Kubectl {
    return new Kubectl({ ...this.target, namespace });
  }

  /** The whole command, as it can be pasted into a shell. */
  argv(args: readonly string[]): string[] {
    const { program, kubeconfig, context, namespace } = this.target;
    return [
      program,
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      `--context=${context}`,
      ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
      ...args,
    ];
  }

  /**
   * Runs a command to its end.
   *
   * @returns its standard output.
   * @throws LabError `kubectl-failed` with the command and what it printed, or the signal's reason.
   */
  async run(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { input = '', timeoutMs = defaultTimeoutMs, signal } = options;
    const [program = '', ...words] = [...parentDeathPrefix(), ...this.argv(args)];
    const result = await execa(program, words, {
      input,
      timeout: timeoutMs,
      reject: false,
      // Ctrl+C in the terminal must not end what the lab does to clean up.
      detached: true,
      ...(signal && { cancelSignal: signal }),
    });
    signal?.throwIfAborted();
    if (!result.failed) return result.stdout;
    const ending = result.timedOut
      ? `no answer within ${timeoutMs / 1000} s`
      : describeExit(result.exitCode, result.signal);
    const printed = (result.stderr || result.stdout).trim().split('\n').slice(-shownLines);
    const lines = [`kubectl failed: ${ending}`, `  command: ${commandLine(this.argv(args))}`];
    throw new LabError('kubectl-failed', [...lines, ...printed.map((line) => `    ${line}`)].join('\n'), {
      cause: result.cause,
    });
  }

  /** Runs a command that prints JSON. What it is has to be checked by who asks. */
  async json(args: readonly string[], options: KubectlOptions = {}): Promise<unknown> {
    const text = await this.run(args, options);
    try {
      return JSON.parse(text);
    } catch (cause) {
      const message = `kubectl printed no JSON: ${commandLine(this.argv(args))}\n    ${text.slice(0, 200)}`;
      throw new LabError('kubectl-failed', message, { cause });
    }
  }

  /** Starts a command whose lines are read as they come: a watch, a log that is followed. */
  follow(args: readonly string[]): Following {
    return new Followed(spawnFollowed(this.argv(args)));
  }
}

/** In a session of its own, so that Ctrl+C in the terminal does not reach it; it ends with the lab where the system can do that. */
function spawnFollowed(argv: readonly string[]) {
  const [program = '', ...words] = [...parentDeathPrefix(), ...argv];
  return execa(program, words, { stdin: 'ignore', buffer: false, reject: false, detached: true });
}

class Followed implements Following {
  readonly lines: AsyncIterable<string>;
  readonly ended: Promise<string | undefined>;
  #disposed = false;
  readonly #child: ReturnType<typeof spawnFollowed>;

  constructor(child: ReturnType<typeof spawnFollowed>) {
    this.#child = child;
    this.lines = child.iterable({ from: 'stdout' });
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => {
      errors.push(chunk.toString());
      if (errors.length > shownLines) errors.shift();
    });
    this.ended = child.then(({ exitCode, signal }) =>
      this.#disposed ? undefined : `${describeExit(exitCode, signal)}: ${errors.join('').trim()}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
