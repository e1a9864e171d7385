import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { PreStop } from '../../catalogue/model.ts';
import { messageOf } from '../../support/errors.ts';

/**
 * Runs a preStop hook to its end, at most until `signal` is aborted (grace over, or the pod's own exit).
 * Returns what went wrong, or undefined: a failing hook does not keep the pod from being stopped.
 */
export async function runPreStop(
  hook: PreStop,
  enter: string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    if (hook.kind === 'sleep') {
      await sleep(hook.durationMs, undefined, { signal });
      return undefined;
    }
    const [program = '', ...args] = [...enter, ...hook.command];
    await execa(program, args, {
      cancelSignal: signal,
      // The hook's process is a child of `nsenter`, which does not pass signals on.
      killDescendants: true,
      killSignal: 'SIGKILL',
      stdin: 'ignore',
      stdout: 'ignore',
    });
    return undefined;
  } catch (error) {
    return signal.aborted ? 'preStop was cut off' : `preStop failed: ${messageOf(error)}`;
  }
}
