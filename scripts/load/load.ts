import type { LoadRecord, Population, ProblemRecord, RequestRecord } from '../timeline/records.ts';

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

export interface LoadRequest {
  /** The k6 program. */
  k6: string;
  /** Base address of the target. */
  url: string;
  plan: LoadPlan;
  /** For k6's own files and its log. */
  folder: string;
  originMs: number;
  record: (record: LoadRecord | ProblemRecord | RequestRecord) => void;
}

/** What the load waits for at one moment. */
export interface LoadPressure {
  /** Requests that have begun and not ended. */
  openRequests: number;
  /** Virtual users that have begun a request so far, in all. */
  activeUsers: number;
}

/** Load that runs until it is stopped. Disposing it kills k6. */
export interface Load extends AsyncDisposable {
  readonly pid: number;
  /** Resolves at the first request; rejects when k6 ends before it. */
  readonly firstRequest: Promise<void>;
  /** Aborted with a reason when k6 ended by itself or wrote what cannot be read. */
  readonly broken: AbortSignal;
  /** What k6 has on its hands, by the records read so far: at most some tenths of a second old. */
  pressure(): LoadPressure;
  /**
   * Resolves when every virtual user has begun a request after `sinceMs` (trial time) and no request sent
   * before it is open; at the latest after the request timeout and a margin.
   */
  settled(sinceMs: number): Promise<void>;
  /** Ends k6 (SIGINT), reads what is left of its records, and its own counts. */
  stop(): Promise<void>;
}
