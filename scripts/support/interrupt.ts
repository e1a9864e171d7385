import { monotonicMs } from './clock.ts';
import { exitCodes, LabError } from './errors.ts';

/** npm passes a terminal's Ctrl+C on although it has arrived already (https://github.com/npm/cli/issues/6684). */
const duplicateMs = 1000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns Ctrl+C into an orderly end. Disposing it gives the signals their usual meaning back. */
export interface Interrupts extends Disposable {
  /** Aborted, with a LabError `interrupted`, by the first signal. */
  readonly signal: AbortSignal;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP calls `onFirst` and aborts the signal; the second ends the process at
 * once, and the pods with it.
 */
export function watchInterrupts(onFirst: () => void): Interrupts {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const handle = () => {
    if (firstMs === undefined) {
      firstMs = monotonicMs();
      onFirst();
      const { interrupted: exitCode } = exitCodes;
      controller.abort(new LabError('interrupted', 'Interrupted.', { exitCode }));
    } else if (monotonicMs() - firstMs > duplicateMs) {
      process.exit(exitCodes.interrupted);
    }
  };
  for (const name of signals) process.on(name, handle);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, handle);
    },
  };
}

/**
 * Settles like the promise, or rejects with the signal's reason once that is aborted. The promise's own
 * later failure is then of no interest.
 */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  promise.catch(() => undefined);
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => {
      const reason: unknown = signal.reason;
      reject(reason instanceof Error ? reason : new LabError('broken', String(reason)));
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { signal: stop.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop.abort();
  }
}
