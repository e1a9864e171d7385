/**
 * The lines of `timeline.ndjson`: everything seen in one trial, one JSON value a line, append only.
 * What is rare is an object that explains itself; requests and connections are arrays, because a trial
 * has thousands of them and `report` reads them all.
 *
 * `atMs` is trial time: milliseconds since the trial began, on the monotonic clock. k6 knows only the
 * wall clock (`epochMs`, whole milliseconds); the `clock` records turn one into the other. Where k6 runs in a pod,
 * its wall clock is that of its node, and the `podClock` records tell how far that is from the lab's.
 */

import type { Trigger } from '../support/trigger.ts';

export const timelineSchema = 1;

export const populations = ['fresh-get', 'fresh-post', 'persistent-get', 'persistent-post'] as const;
/** One kind of client in the load. */
export type Population = (typeof populations)[number];

/** First line: all that analysis needs to know of the plan. */
export interface HeaderRecord {
  type: 'header';
  schema: number;
  trial: {
    id: string;
    kind: 'restart' | 'sham';
    variant: string;
    scenario: string;
    repetition: number;
    /** What ends pods; missing for a rolling restart, which ends all of them. */
    trigger?: Trigger;
  };
  /** `propagationDelayMs` is null where the cluster has one of its own, to be measured. */
  cluster: { name: string; pid1: boolean; propagationDelayMs: number | null };
  plan: {
    replicas: number;
    maxSurge: number;
    maxUnavailable: number;
    graceMs: number;
    preStopMs: number;
    /** What the startup probe, else the readiness probe, adds to a start at most. */
    probeQuantumMs: number;
    requestDelayMs: number;
    warmUpMs: number;
    tailMs: number;
    /** Of each population. */
    ratePerSecond: Record<Population, number>;
    /** Virtual users, so connections, of each population at the start. */
    users: Record<Population, number>;
    requestTimeoutMs: number;
  };
}

/** Both clocks at one moment; written at the start and at the end of a trial. */
export interface ClockRecord {
  type: 'clock';
  atMs: number;
  epochMs: number;
}

/** The wall clock of k6's pod against the lab's; written at both ends of the load where k6 runs in a pod. */
export interface PodClockRecord {
  type: 'podClock';
  atMs: number;
  /** What the clock of the pod shows more than that of the lab at the same moment. */
  offsetMs: number;
  /** The true offset is at most this much more or less. */
  uncertaintyMs: number;
}

export const podEvents = [
  'created', // replica set asked for it
  'portReplaced', // the manifest's port is taken on every address; `detail` has the one it got
  'started', // its process runs; `restartCount` tells first start from later ones
  'listening', // the kernel shows its listening socket
  'startupPassed', // startup probe succeeded
  'ready',
  'unready',
  'deleted', // deletion requested: grace begins
  'preStopBegan',
  'preStopEnded',
  'sigterm', // SIGTERM sent to PID 1 of the pod
  'listenerClosed', // the kernel no longer shows the listening socket
  'sigkill', // the lab's own SIGKILL; `detail` tells why: grace over, or clean-up
  'exited', // with exitCode or signal
  'gone', // nothing of it is left
  'lastNewConnection', // the last new connection that its Service sent to it; told when the pod has gone, and of each that still comes then
  'warning', // e.g. a probe that failed; in `detail`
] as const;

/**
 * How a record of something that the lab did not do itself came about. Without it, `atMs` is exact: the lab did it
 * or saw it happen.
 */
export interface Sighting {
  /** Who told: `watch of pods`, `containerd's log`. */
  source: string;
  /** Trial time at which the lab heard of it. */
  arrivedMs: number;
  /** It happened in this span of trial time, both ends included; `atMs` is the best estimate in it. */
  betweenMs: [earliest: number, latest: number];
}

/** One step in the life of a pod. */
export interface PodRecord {
  type: 'pod';
  atMs: number;
  pod: string;
  event: (typeof podEvents)[number];
  /** Of the replica set: `old` before the restart, `new` after it. */
  revision: 'old' | 'new';
  exitCode?: number | null;
  signal?: string | null;
  restartCount?: number;
  detail?: string;
  seen?: Sighting;
}

/**
 * The balancer began or stopped to choose this pod for new connections; on Kubernetes its EndpointSlice began or
 * stopped to name it as ready, which every node's proxy follows some time later.
 */
export interface EndpointRecord {
  type: 'endpoint';
  atMs: number;
  pod: string;
  event: 'added' | 'removed';
  seen?: Sighting;
}

export interface RolloutRecord {
  type: 'rollout';
  atMs: number;
  /** `complete`: new pods available and the last old pod gone. */
  event: 'began' | 'complete';
}

export interface LoadRecord {
  type: 'load';
  atMs: number;
  /** `stopping`: k6 was told to stop; `ended`: k6 has exited and its counts are known. */
  event: 'starting' | 'firstRequest' | 'stopping' | 'ended';
  exitCode?: number | null;
  /** k6's own counts, to check the records against; absent in `ended` when k6 could not give them. */
  counts?: Record<Population, { started: number; dropped: number }>;
  detail?: string;
}

/** Something that makes the trial invalid or doubtful, seen by the lab itself while it ran. */
export interface ProblemRecord {
  type: 'problem';
  atMs: number;
  /** Stable, e.g. `balancer-died`, `load-died`, `deploy-failed`, `interrupted`. */
  code: string;
  detail: string;
}

/** What the lab's own processes used during the load. */
export interface UsageRecord {
  type: 'usage';
  atMs: number;
  process: 'lab' | 'balancer' | 'k6';
  cpuMs: number;
  wallMs: number;
  /** Resident memory, bytes; null where it could not be read. */
  residentBytes: number | null;
}

export type EventRecord =
  | HeaderRecord
  | ClockRecord
  | PodClockRecord
  | PodRecord
  | EndpointRecord
  | RolloutRecord
  | LoadRecord
  | ProblemRecord
  | UsageRecord;

/** A request was handed to k6's HTTP client. Its id is `<population>-<iteration>`, counted from 0. */
export type RequestStartRecord = ['start', id: string, user: number, epochMs: number];

/** A request ended, well or badly. `status` 0 and `errorCode` > 0 when there was no whole response. */
export type RequestEndRecord = [
  'end',
  id: string,
  epochMs: number,
  status: number,
  errorCode: number,
  errorText: string,
  pod: string,
  blockedMs: number,
  connectingMs: number,
  sendingMs: number,
  waitingMs: number,
  receivingMs: number,
  /** 1 when the body was the expected one. */
  bodyMatches: 0 | 1,
];

/** The balancer accepted a connection, chose this pod and dialled it. */
export type ConnectionAcceptedRecord = ['accepted', atMs: number, connection: number, pod: string];
/** The pod's side is connected. */
export type ConnectionDialledRecord = ['dialled', atMs: number, connection: number];
/**
 * The pod refused (errno `ECONNREFUSED`), or no endpoint was there (pod '', errno `NO_ENDPOINT`); the
 * client was then reset. `requestId` is that of the request the client had sent, '' if it sent none.
 */
export type ConnectionRefusedRecord = [
  'refused',
  atMs: number,
  connection: number,
  pod: string,
  errno: string,
  requestId: string,
];
/** The head of a request with this id went to the pod on this connection. */
export type ConnectionSentRecord = ['sent', atMs: number, connection: number, requestId: string];
/** One side ended its direction: `FIN`, or `RST` or another errno for the whole connection. */
export type ConnectionEndedRecord = [
  'ended',
  atMs: number,
  connection: number,
  by: 'client' | 'pod',
  how: string,
];
/** Both sides are closed. */
export type ConnectionClosedRecord = [
  'closed',
  atMs: number,
  connection: number,
  bytesToPod: number,
  bytesToClient: number,
];

export type ConnectionRecord =
  | ConnectionAcceptedRecord
  | ConnectionDialledRecord
  | ConnectionRefusedRecord
  | ConnectionSentRecord
  | ConnectionEndedRecord
  | ConnectionClosedRecord;

export type RequestRecord = RequestStartRecord | RequestEndRecord;
export type TimelineRecord = EventRecord | RequestRecord | ConnectionRecord;
