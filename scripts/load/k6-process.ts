import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { parentDeathPrefix } from '../support/contained.ts';
import { LabError, systemCodeOf } from '../support/errors.ts';
import { describeExit } from '../support/exit-meaning.ts';
import { usageOfProcess, type ProcessUsage } from '../support/process-usage.ts';
import { k6ArgumentsHere, k6EnvironmentHere, type K6Files } from './k6-command.ts';
import type { Ending, K6Run } from './k6-run.ts';
import type { LoadRequest } from './load.ts';

/**
 * Starts k6 in a session of its own: Ctrl+C in the terminal does not reach it, and the scheduler gives it a
 * share of the machine of its own (sched(7), autogroup). It ends with the lab where the system can do that.
 * Throws a LabError `load-failed` when it cannot be started.
 */
export async function startProcess(request: LoadRequest, files: K6Files): Promise<K6Run> {
  // execa takes any descriptor; its types know only those up to 9.
  const log = openSync(files.log, 'a') as 3;
  const [program = '', ...args] = [...parentDeathPrefix(), request.k6, ...k6ArgumentsHere(files)];
  const child = execa(program, args, {
    cwd: request.folder,
    env: k6EnvironmentHere(request),
    extendEnv: false,
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    detached: true,
    reject: false,
  });
  closeSync(log);
  const ended = child.then(({ exitCode, signal }) => {
    return { exitCode, detail: describeExit(exitCode, signal), started: true };
  });
  if (child.pid === undefined) {
    const { shortMessage } = await child;
    throw new LabError('load-failed', `k6 could not be started: ${shortMessage ?? program}`);
  }
  return new K6Process(child.pid, ended);
}

class K6Process implements K6Run {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  /** It has been reaped, so that its id may be another's. */
  #over = false;

  constructor(pid: number, ended: Promise<Ending>) {
    this.pid = pid;
    this.ended = ended.then((ending) => {
      this.#over = true;
      return ending;
    });
  }

  readClock(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  usage(): Promise<ProcessUsage | undefined> {
    return Promise.resolve(this.#over ? undefined : usageOfProcess(this.pid));
  }

  interrupt(): Promise<void> {
    this.#signal('SIGINT');
    return Promise.resolve();
  }

  kill(): Promise<void> {
    this.#signal('SIGKILL');
    return Promise.resolve();
  }

  #signal(signal: 'SIGINT' | 'SIGKILL'): void {
    if (this.#over) return;
    try {
      // Not execa's kill, which sends SIGKILL some seconds later.
      process.kill(this.pid, signal);
    } catch (error) {
      if (systemCodeOf(error) !== 'ESRCH') throw error;
    }
  }
}
