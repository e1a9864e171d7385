import { execa } from 'execa';
import { commandLine } from './command.ts';
import { parentDeathPrefix } from './contained.ts';
import { LabError } from './errors.ts';
import { describeExit } from './exit-meaning.ts';
import { timeouts } from './timeouts.ts';

const shownLines = 10;

export interface EngineOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** What a command of the container engine said, and whether it did what it was asked for. */
export interface EngineAnswer {
  failed: boolean;
  stdout: string;
  /** Empty when it did not fail. */
  problem: string;
}

/** Runs a `docker` command to its end; a failure is part of the answer. Throws only the signal's reason. */
export async function askEngine(args: readonly string[], options: EngineOptions = {}): Promise<EngineAnswer> {
  const { signal, timeoutMs = timeouts.engineCommandMs } = options;
  const [program = '', ...words] = [...parentDeathPrefix(), 'docker', ...args];
  const result = await execa(program, words, {
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    // Ctrl+C in the terminal is for the lab, which may have something to undo.
    detached: true,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const { failed, stdout } = result;
  if (!failed) return { failed, stdout, problem: '' };
  const ending = result.timedOut
    ? `no answer within ${timeoutMs / 1000} s`
    : describeExit(result.exitCode, result.signal);
  const said = (result.stderr || stdout).trim().split('\n').slice(-shownLines).join('\n');
  return { failed, stdout, problem: said === '' ? ending : said };
}

/** Runs a `docker` command and returns what it printed. Throws a LabError `engine-failed`, or the signal's reason. */
export async function runEngine(args: readonly string[], options: EngineOptions = {}): Promise<string> {
  const { failed, stdout, problem } = await askEngine(args, options);
  if (!failed) return stdout;
  throw engineFailure(args, problem);
}

/** The error `engine-failed` for a `docker` command that ended with this problem. */
export function engineFailure(args: readonly string[], problem: string): LabError {
  const command = commandLine(['docker', ...args]);
  return new LabError('engine-failed', `The container engine failed: ${problem}\n  command: ${command}`);
}
