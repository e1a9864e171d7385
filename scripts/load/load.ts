import type { Kubectl } from '../support/kubectl.ts';
import type { ProcessUsage } from '../support/process-usage.ts';
import type {
  LoadRecord,
  PodClockRecord,
  Population,
  ProblemRecord,
  RequestRecord,
} from '../timeline/records.ts';

/** What one trial's load consists of. */
export interface LoadPlan {
  /** Of each population. */
  ratePerSecond: Record<Population, number>;
  /** Virtual users of each population at the start; each owns one connection if it is persistent. */
  users: Record<Population, number>;
  /** With those that k6 may add while all others wait for an answer; it drops a request for each. */
  maximumUsers: Record<Population, number>;
  requestTimeoutMs: number;
}

/** Where k6 runs: as a process of this machine, or as a Job in the namespace that kubectl is bound to. */
export type LoadPlace =
  | { from: 'host' }
  | {
      from: 'cluster';
      kubectl: Kubectl;
      /** Instead of `k6Image`, e.g. the same one in a registry of one's own. */
      image?: string;
    };

export interface LoadRequest {
  place: LoadPlace;
  /** The k6 program, for load from this machine. */
  k6: string;
  /** Base address of the target, as it is called from the place of the load. */
  url: string;
  plan: LoadPlan;
  /** Load from a cluster sends nothing before this resolves; k6 gets ready meanwhile. */
  heldUntil?: Promise<unknown>;
  /** For k6's own files and its log. */
  folder: string;
  originMs: number;
  record: (record: LoadRecord | PodClockRecord | ProblemRecord | RequestRecord) => void;
}

/** What the load waits for at one moment. */
export interface LoadPressure {
  /** Requests that have begun and not ended. */
  openRequests: number;
  /** Virtual users that have begun a request so far, in all. */
  activeUsers: number;
}

/** A clock against the wall clock of this machine. */
export interface ClockOffset {
  /** What it shows more. */
  offsetMs: number;
  /** The true offset is at most this much more or less. */
  uncertaintyMs: number;
}

/** Load that runs until it is stopped. Disposing it kills k6 and removes it from its cluster. */
export interface Load extends AsyncDisposable {
  /** k6's process if it runs on this machine. */
  readonly pid: number | undefined;
  /** Resolves at the first request; rejects when k6 ends before it, or cannot be started where it is to run. */
  readonly firstRequest: Promise<void>;
  /** Aborted with a reason when k6 ended by itself or wrote what cannot be read. */
  readonly broken: AbortSignal;
  /** The clock of k6's records, as it was last read; 0 on this machine and before the first request. */
  readonly clock: ClockOffset;
  /** What k6 has used so far; undefined when that cannot be found out. */
  usage(): Promise<ProcessUsage | undefined>;
  /** What k6 has on its hands, by the records read so far: at most some tenths of a second old. */
  pressure(): LoadPressure;
  /**
   * Resolves when every connection that is kept was used after `sinceMs` (trial time) and no request sent
   * before it is open; at the latest after the request timeout and a margin.
   */
  settled(sinceMs: number): Promise<void>;
  /** Ends k6 (SIGINT), reads what is left of its records, and its own counts. */
  stop(): Promise<void>;
}
