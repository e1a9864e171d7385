import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { parentDeathPrefix } from '../support/contained.ts';
import { LabError } from '../support/errors.ts';
import { k6Arguments, k6Environment, type K6Files } from './k6-command.ts';
import type { LoadRequest } from './load.ts';

/** How k6 ended: one of the two is set. */
export interface Ending {
  exitCode: number | undefined;
  signal: string | undefined;
}

export interface K6Process {
  pid: number;
  ended: Promise<Ending>;
}

/**
 * Starts k6 in a session of its own: Ctrl+C in the terminal does not reach it, and the scheduler gives it a
 * share of the machine of its own (sched(7), autogroup). It ends with the lab where the system can do that.
 * Throws a LabError `load-failed` when it cannot be started.
 */
export async function spawnK6(request: LoadRequest, files: K6Files): Promise<K6Process> {
  // execa takes any descriptor; its types know only those up to 9.
  const log = openSync(files.log, 'a') as 3;
  const [program = '', ...args] = [...parentDeathPrefix(), request.k6, ...k6Arguments(files)];
  const child = execa(program, args, {
    cwd: request.folder,
    env: k6Environment(request, files),
    extendEnv: false,
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    detached: true,
    reject: false,
  });
  closeSync(log);
  const ended = child.then(({ exitCode, signal }) => ({ exitCode, signal }));
  if (child.pid === undefined) {
    const { shortMessage } = await child;
    throw new LabError('load-failed', `k6 could not be started: ${shortMessage ?? program}`);
  }
  return { pid: child.pid, ended };
}
