import type { HeaderRecord, Population } from '../timeline/records.ts';

export const findingsSchema = 1;

/** How a request was lost. */
export type FailureClass =
  | 'refused' // nobody listened: the pod refused the connection
  | 'unreachable' // no pod had that address any more
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
  | 'deleted' // deletion requested, SIGTERM not yet sent (the preStop hook runs, if any)
  | 'terminating' // SIGTERM sent, still listening
  | 'draining' // listener closed, process still runs
  | 'exited'
  | 'ambiguous' // one of several: times are known only roughly, or several pods may have been meant
  | 'unknown'; // no pod could be joined, or nothing tells

/** Trial time, both ends included. */
export type Between = [earliestMs: number, latestMs: number];

/** One lost request, with the evidence behind its class. */
export interface Loss {
  id: string;
  population: Population;
  class: FailureClass;
  /** Trial time at which it was sent and at which it failed. */
  sentMs: number;
  failedMs: number;
  /** '' where no pod could be joined, or several may have lost it. */
  pod: string;
  /**
   * How the pod was found where connections were not watched: in the answer, as the other end of the user's open
   * connection, or as the only pod that was being ended at that time. Missing where the balancer's records tell.
   */
  podFrom?: 'answer' | 'connection' | 'time';
  /** The pods of which one lost it, where nothing tells which. */
  candidates?: string[];
  /** In which both times lie; missing where they are exact. */
  betweenMs?: { sent: Between; failed: Between };
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
  /** Requests that k6's HTTP client sent twice without telling; at least, where connections were not watched. */
  hiddenResends: number;
  /** Terminations that lost at least one request of this population. */
  terminationsWithLoss: number;
  /** When so many may have been: of some losses only several pods are known. Missing when they are just as many. */
  terminationsWithLossAtMost?: number;
}

/** The times of a termination. */
export const terminationTimes = [
  'deletedMs',
  'preStopEndedMs',
  'sigtermMs',
  'endpointRemovedMs',
  'listenerClosedMs',
  'exitedMs',
] as const;

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
  /** True when SIGKILL was needed because grace was over. */
  killedAfterGrace: boolean;
  /** SIGTERM to exit. */
  drainMs: number | null;
  /** In which those of its times lie that are not exact. */
  betweenMs?: Partial<Record<(typeof terminationTimes)[number] | 'drainMs', Between>>;
  /** Requests of each population lost to it. */
  lost: Partial<Record<Population, number>>;
  /** Requests lost to it or to another pod: nothing tells which. */
  perhapsLost?: Partial<Record<Population, number>>;
}

/** How long one old pod went on getting new connections. */
export interface PropagationSample {
  pod: string;
  /** From its deletion to the last new connection that is known to have reached it. */
  delayMs: number;
  betweenMs: Between;
  /** False when the pod was gone, or told to stop, so soon that it may have missed some: then it was at least that long. */
  complete: boolean;
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
  trial: HeaderRecord['trial'];
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
    /** Pods that were ended, where something else than a rolling restart ended them; missing where it was all replicas. */
    terminations?: number;
    /** Null where the cluster has one of its own and nothing tells what it was. */
    propagationDelayMs: number | null;
  };
  /**
   * False when every connection of a persistent population carried exactly one request although there were
   * more requests than users; null where the load was too short to tell.
   */
  keepAlive: boolean | null;
  terminations: Termination[];
  /** Only where the cluster has a propagation delay of its own. */
  propagation?: PropagationSample[];
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
    /** warm-up + replicas × (start + probe quantum) + preStop + drain + tail + open requests */
    unavoidableMs: number | null;
    ratio: number | null;
  };
  /** Cores used by the lab's own processes during the load. */
  usage: Partial<Record<'lab' | 'balancer' | 'k6', { cores: number; residentBytes: number | null }>>;
}
