import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { monotonicMs } from './clock.ts';
import { containedPrefix } from './contained.ts';
import { LabError, systemCodeOf } from './errors.ts';
import { describeExit } from './exit-meaning.ts';
import { lastLines } from './log-tail.ts';
import { timeouts } from './timeouts.ts';

const shownLines = 20;
const progressIntervalMs = 500;

/** A command that the lab runs to its end and whose output is kept. */
export interface CommandRequest {
  /** Begins the error message: `build of express`. */
  purpose: string;
  /** Code of the error. */
  code: string;
  argv: string[];
  cwd: string;
  /** Folder to name in the error when `cwd` does not outlive a failure. */
  shownFolder?: string;
  env?: { [name: string]: string };
  /** Takes standard output and error, appended. */
  logFile: string;
  /** Log to name in the error when `logFile` does not keep its name. */
  shownLogFile?: string;
  signal: AbortSignal;
  /** Last line of the output, now and then. */
  onProgress?: (line: string) => void;
}

/**
 * Runs a command to its end, in a session of its own, with all it starts in a PID namespace where possible,
 * so that nothing of it outlives the lab. Throws the signal's reason when aborted, once the whole tree is
 * gone, and a LabError when the command fails. Resolves to its duration in milliseconds.
 */
export async function runCommand(request: CommandRequest): Promise<number> {
  request.signal.throwIfAborted();
  const startedMs = monotonicMs();
  // execa takes any descriptor; its types know only those up to 9.
  const log = openSync(request.logFile, 'a') as 3;
  const [program = '', ...args] = [...containedPrefix(), ...request.argv];
  const child = execa(program, args, {
    cwd: request.cwd,
    env: request.env ?? {},
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    reject: false,
    cancelSignal: request.signal,
    killDescendants: true,
    killSignal: 'SIGKILL',
  });
  closeSync(log);
  const progress = reportProgress(request);
  const result = await child;
  progress.abort();
  if (child.pid !== undefined) await groupGone(child.pid);
  request.signal.throwIfAborted();
  const durationMs = monotonicMs() - startedMs;
  if (!result.failed) return durationMs;
  const ending = describeExit(result.exitCode, result.signal);
  throw await commandError(request, `${ending} after ${(durationMs / 1000).toFixed(1)} s`, result.cause);
}

async function commandError(request: CommandRequest, ending: string, cause: unknown): Promise<LabError> {
  const output = await lastLines(request.logFile, shownLines);
  const message = [
    `${request.purpose} failed: ${ending}`,
    `  command: cd ${quoteForShell(request.shownFolder ?? request.cwd)} && ${commandLine(request.argv)}`,
    `  log:     ${request.shownLogFile ?? request.logFile}`,
    output.length === 0 ? '  It printed nothing.' : `  Last lines of its output:`,
    ...output.map((line) => `    ${line}`),
  ];
  return new LabError(request.code, message.join('\n'), { cause });
}

/** Words of a command as a line that can be pasted into a shell. */
export function commandLine(argv: string[]): string {
  return argv.map(quoteForShell).join(' ');
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** After a kill the direct child is reaped first; what it had started goes a moment later. */
async function groupGone(processGroup: number): Promise<void> {
  const deadlineMs = monotonicMs() + timeouts.reapMs;
  while (groupExists(processGroup) && monotonicMs() < deadlineMs) await sleep(10);
}

function groupExists(processGroup: number): boolean {
  try {
    process.kill(-processGroup, 'SIGKILL');
    return true;
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}

function reportProgress(request: CommandRequest): AbortController {
  const stop = new AbortController();
  let shown = '';
  const timer = setInterval(() => {
    void lastLines(request.logFile, 1).then(([line = '']) => {
      if (line === shown || stop.signal.aborted) return;
      shown = line;
      request.onProgress?.(line.trim());
    });
  }, progressIntervalMs);
  stop.signal.addEventListener('abort', () => clearInterval(timer));
  return stop;
}
