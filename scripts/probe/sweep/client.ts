import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parentDeathPrefix } from '../../support/contained.ts';
import { LabError } from '../../support/errors.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { ProbeRecord } from '../../timeline/probe-records.ts';
import type { SweepCommand, SweepMessage } from './messages.ts';

/** The process of a sweep as the lab sees it. Disposing it ends the process and all its connections. */
export interface SweepProcess extends AsyncDisposable {
  /** Aborted with a LabError when the process ended although nobody asked it to. */
  readonly broken: AbortSignal;
  send(command: SweepCommand): void;
  /** Resolves when the process says so. */
  said(message: 'prepared' | 'sent' | 'settled' | 'over'): Promise<void>;
}

/**
 * Against what holds up requests for milliseconds: room for all that a sweep allocates, garbage collected before it, and
 * no threads of V8 that compile what is hot just now.
 */
const withoutPauses = [
  '--max-semi-space-size=64',
  '--min-semi-space-size=64',
  '--expose-gc',
  '--single-threaded',
];
const program = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts the process; `record` takes what it sees, in batches. */
export function startSweepProcess(record: (record: ProbeRecord) => void): SweepProcess {
  const [command, ...args] = [...parentDeathPrefix(), process.execPath, ...withoutPauses, program];
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A session of its own: a CPU group that the server does not share, and no Ctrl+C from the terminal.
    detached: true,
  });
  const broken = new AbortController();
  let ending = false;
  const said = {
    prepared: Promise.withResolvers(),
    sent: Promise.withResolvers(),
    settled: Promise.withResolvers(),
    over: Promise.withResolvers(),
  };
  const exited = once(child, 'exit').then(([exitCode, signal]: (number | string | null)[]) => {
    const how = String(signal ?? `exit code ${String(exitCode)}`);
    if (!ending)
      broken.abort(new LabError('sweep-failed', `The process of the sweep ended by itself: ${how}.`));
  });
  child.on('message', (message: SweepMessage) => {
    if (message.message === 'records') for (const seen of message.records) record(seen);
    else said[message.message].resolve(undefined);
  });
  return {
    broken: broken.signal,
    send(message) {
      // It may end between the two: what cannot be sent any more is not wanted any more.
      if (child.connected) child.send(message, () => undefined);
    },
    async said(message) {
      await said[message].promise;
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      if (child.connected) child.disconnect();
      const kill = setTimeout(() => child.kill('SIGKILL'), timeouts.reapMs);
      await exited;
      clearTimeout(kill);
    },
  };
}
