import type { Population } from '../timeline/records.ts';

export const findingsSchema = 1;

/** How a request was lost. */
export type FailureClass =
  | 'refused' // nobody listened: the pod refused the connection
  | 'reset' // RST after the connection stood
  | 'eof' // FIN where a response was due
  | 'truncated' // the response broke off
  | 'timeout'
  | 'rejected' // an answer, but not 2xx
  | 'other';

/** Phase of the pod that was to answer. */
export type Phase =
  | 'starting' // before its first readiness
  | 'serving'
  | 'deleted' // deletion requested, SIGTERM not yet sent (preStop runs)
  | 'terminating' // SIGTERM sent, still listening
  | 'draining' // listener closed, process still runs
  | 'exited'
  | 'unknown'; // no pod could be joined, or nothing tells

/** One lost request, with the evidence behind its class. */
export interface Loss {
  id: string;
  population: Population;
  class: FailureClass;
  /** Trial time at which it was sent and at which it failed. */
  sentMs: number;
  failedMs: number;
  /** '' where no pod could be joined. */
  pod: string;
  /** Phase of the pod when the request (or the dial) reached it, and when the failure was seen. */
  sentPhase: Phase;
  failedPhase: Phase;
  /** k6's own words, or the answer's status. */
  text: string;
}

export interface PopulationFindings {
  /** Ticks of the grid between the first and the last request. */
  planned: number;
  started: number;
  dropped: number;
  ok: number;
  failed: number;
  /** Started and not ended when the load stopped. */
  censored: number;
  /**
   * The denominator of every share: requests started from the beginning of the rollout (of the load in a
   * sham) to the stop of the load, without the censored ones.
   */
  exposed: number;
  byClass: Partial<Record<FailureClass, number>>;
  /** By `sentPhase`. */
  byPhase: Partial<Record<Phase, number>>;
  /** Requests that k6's HTTP client sent twice without telling. */
  hiddenResends: number;
  /** Terminations that lost at least one request of this population. */
  terminationsWithLoss: number;
}

/** The end of one old pod, all in trial time; null for what did not happen or was not seen. */
export interface Termination {
  pod: string;
  deletedMs: number;
  preStopEndedMs: number | null;
  sigtermMs: number | null;
  endpointRemovedMs: number | null;
  listenerClosedMs: number | null;
  /** Of any request answered by this pod. */
  lastResponseMs: number | null;
  exitedMs: number | null;
  exitCode: number | null;
  signal: string | null;
  /** True when the lab had to send SIGKILL because grace was over. */
  killedAfterGrace: boolean;
  /** SIGTERM to exit. */
  drainMs: number | null;
  /** Requests of each population lost to it. */
  lost: Partial<Record<Population, number>>;
}

/** A reason or a doubt, worded for the reader. */
export interface Remark {
  /** Stable, e.g. `accounts-open`, `schedule-lag`. */
  code: string;
  text: string;
}

/** What analysis derives from one timeline. Never stored as a fact: `report` makes it again. */
export interface TrialFindings {
  schema: number;
  trial: { id: string; kind: 'restart' | 'sham'; variant: string; scenario: string; repetition: number };
  /** Empty when the trial is valid. */
  invalid: Remark[];
  /** Doubts that do not make it invalid. */
  flags: Remark[];
  populations: Record<Population, PopulationFindings>;
  /** Replicas: what every termination is compared with. */
  replicas: number;
  /** What the chance to see a loss depends on, from the plan. */
  conditions: {
    ratePerSecond: Record<Population, number>;
    requestDelayMs: number;
    preStopMs: number;
    propagationDelayMs: number | null;
  };
  /**
   * False when every connection of a persistent population carried exactly one request although there were
   * more requests than users; null where connections were not watched or the load was too short to tell.
   */
  keepAlive: boolean | null;
  terminations: Termination[];
  losses: Loss[];
  load: {
    ratePerSecond: number;
    /** Actual start against the grid; null without requests. */
    scheduleLagP99Ms: number | null;
    scheduleLagMaxMs: number | null;
    dropped: number;
  };
  time: {
    /** Warm-up to stop of the load; null when the load did not get that far. */
    wallMs: number | null;
    /** warm-up + replicas × (start + probe quantum) + preStop + drain + tail */
    unavoidableMs: number | null;
    ratio: number | null;
  };
  /** Cores used by the lab's own processes during the load. */
  usage: Partial<Record<'lab' | 'balancer' | 'k6', { cores: number; residentBytes: number | null }>>;
}
