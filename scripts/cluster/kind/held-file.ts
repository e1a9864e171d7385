import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../support/clock.ts';
import { LabError, systemCodeOf } from '../../support/errors.ts';
import { timeouts } from '../../support/timeouts.ts';
import { describeOwner, readOwner, stateOf, type Owner } from '../kubernetes/owner.ts';

const lookAgainMs = 500;

export interface HoldOptions {
  /** What is held, for messages. */
  what: string;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * Makes a file that says who holds something, and waits while another living process does; one that died holds
 * nothing. Disposing it removes the file. Throws a LabError `cluster-busy` after some minutes, or the signal's reason.
 */
export async function holdFile(file: string, owner: Owner, options: HoldOptions): Promise<Disposable> {
  const { what, signal, onProgress } = options;
  const deadlineMs = monotonicMs() + timeouts.clusterBusyMs;
  for (let waiting = false; ; waiting = true) {
    if (make(file, owner)) return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
    const text = contentOf(file);
    const holder = readOwner(text);
    if (holder === undefined || stateOf(holder, owner) === 'dead') takeAway(file, text);
    else {
      const who = describeOwner(holder);
      if (monotonicMs() > deadlineMs)
        throw new LabError(
          'cluster-busy',
          `${what} has been made or deleted by ${who} for minutes: wait until that has ended.`,
        );
      if (!waiting) onProgress(`waiting for ${who}, which makes or deletes ${what}`);
    }
    await sleep(lookAgainMs, undefined, { signal });
  }
}

/** A link appears whole or not at all, and never replaces a file. */
function make(file: string, owner: Owner): boolean {
  const own = `${file}.${owner.pid}`;
  writeFileSync(own, JSON.stringify(owner));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Removes the file of a dead process, unless another one has put its own in its place meanwhile. */
function takeAway(file: string, expected: string | undefined): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    if (contentOf(aside) !== expected) linkSync(aside, file);
  } catch {
    // Somebody else was quicker.
  }
  rmSync(aside, { force: true });
}
