import type { ProbeRecord } from '../timeline/probe-records.ts';

/** How the first process of a pod ended: one of the two is set. */
export interface TargetExit {
  exitCode: number | null;
  signal: string | null;
}

/** A started server that is to be probed, whoever started it. */
export interface ProbeTarget {
  host: string;
  port: number;
  /** Sends SIGTERM to the first process. */
  terminate(): void;
  /** Sends SIGKILL; all that belongs to the server ends. */
  kill(): void;
  readonly exited: Promise<TargetExit>;
  /** Calls back, at most once, when the kernel no longer shows a listening socket on the address. */
  watchListener(onClosed: () => void): void;
}

/** What a session needs from its caller. */
export interface ProbeContext {
  /** Takes every record, in the order in which it was seen. */
  record: (record: ProbeRecord) => void;
  /**
   * Awaited once the server is warm. SIGTERM follows a constant time after it (3 s in a session, 0.1 s in a
   * sweep), so a caller that lets pods pass one by one keeps their SIGTERMs apart.
   */
  beforeTerminate: () => Promise<void>;
  /** Ends the session: what was seen is kept, the server is killed. */
  signal: AbortSignal;
  /** How long the server may take until it answers; 60 s if absent. */
  answeringLimitMs?: number;
}
