import type { ProcessUsage } from '../support/process-usage.ts';
import type { ClockOffset } from './load.ts';

/** How k6 ended. */
export interface Ending {
  /** Undefined when it was ended by a signal, never ran, or nobody could tell. */
  exitCode: number | undefined;
  /** In words. */
  detail: string;
  /** False when it did not even start. */
  started: boolean;
}

/** A clock offset and the monotonic time, milliseconds, at which it was read. */
export interface ClockSample extends ClockOffset {
  monotonicMs: number;
}

/**
 * k6 at work: a process of this machine, or a Job in a cluster. Either way all that it writes to its console goes to
 * the console file of the load while it runs, and its own errors to its log.
 */
export interface K6Run {
  /** Its process on this machine. */
  readonly pid: number | undefined;
  /** Resolves when it has ended and all that it wrote is in the files. Never rejects. */
  readonly ended: Promise<Ending>;
  /**
   * Reads its wall clock; undefined where it is that of this machine.
   *
   * @throws LabError when it cannot be read.
   */
  readClock(): Promise<ClockSample | undefined>;
  /** Never rejects. */
  usage(): Promise<ProcessUsage | undefined>;
  /**
   * Sends SIGINT, which makes it end in order.
   *
   * @throws LabError when it could not be sent.
   */
  interrupt(): Promise<void>;
  /** Ends it at once and removes what is left of it in a cluster; also after it has ended. */
  kill(): Promise<void>;
}
