/**
 * The lines of a probe's record, one JSON value a line, append only: raw TCP connections in known states to one
 * pod, one SIGTERM, and everything that came back. One file holds one session: one pod and its end.
 *
 * `atMs` is session time: milliseconds on the monotonic clock since the session began. Nothing is interpreted
 * here; `analysis/probe/` does that from these lines alone.
 */

export const probeSchema = 1;

export const probeConditions = ['quiet', 'busy'] as const;
/** `busy`: requests of 1.5 s are in flight when SIGTERM arrives; `quiet`: none is. */
export type ProbeCondition = (typeof probeConditions)[number];

export const probeStates = [
  'unused', // connected, nothing sent; a request after SIGTERM
  'idle', // one request answered 0.3 s before SIGTERM; then a request
  'idle-long', // the same, answered 3 s before SIGTERM
  'head', // half of a head on a new connection, the rest after SIGTERM or never
  'head-reused', // the same on a connection that has been answered before
  'body', // a head and half of its body, the rest after SIGTERM
  'in-flight', // a 1.5 s request running at SIGTERM, and the next request right after its answer
  'late', // a new connection with a request after SIGTERM
] as const;
/** What a connection was brought to before SIGTERM. */
export type ProbeState = (typeof probeStates)[number];

/** First line: what was probed and what is going to be done. */
export interface ProbeHeader {
  type: 'header';
  schema: number;
  /** `gin/shutdown`, or the command that was given. */
  variant: string;
  /** `quiet-idle`, `busy-late`: also the file's name. */
  session: string;
  condition: ProbeCondition;
  /** 1 to `--repeat`. */
  repetition: number;
  /** ISO 8601, UTC. */
  started: string;
  /** True when the server is PID 1 of its own PID namespace. */
  pid1: boolean;
  /** From SIGTERM until the lab sends SIGKILL. */
  graceMs: number;
  connections: ProbeConnectionPlan[];
}

/** What is planned for one connection. */
export interface ProbeConnectionPlan {
  /** Counted from 0. */
  id: number;
  state: ProbeState;
  /** When it acts after SIGTERM, in milliseconds from SIGTERM; null when it never does (it stays silent). */
  actsAfterMs: number | null;
}

export const probeProcessEvents = [
  'started',
  'answering', // the first request was answered
  'sigterm', // sent to the first process of the pod
  'listenerClosed', // the kernel no longer shows a listening socket on the pod's address
  'sigkill', // the lab's own, grace was over or the session was ended; `detail` tells
  'exited', // with exitCode or signal
] as const;

/** A step in the life of the server's process. */
export interface ProbeProcessRecord {
  type: 'process';
  atMs: number;
  event: (typeof probeProcessEvents)[number];
  exitCode?: number | null;
  signal?: string | null;
  detail?: string;
}

/** Why a session is not what it should be, seen while it ran: `not-answering`, `ended-before-sigterm`, `interrupted`. */
export interface ProbeProblemRecord {
  type: 'problem';
  atMs: number;
  code: string;
  detail: string;
}

/** The dial was begun. */
export type ProbeDialRecord = ['dial', atMs: number, connection: number];
export type ProbeConnectedRecord = ['connected', atMs: number, connection: number];
/** Bytes handed to the kernel; `part` says which: a whole request, its first or second half, a second request. */
export type ProbeSentRecord = [
  'sent',
  atMs: number,
  connection: number,
  part: 'request' | 'first half' | 'second half' | 'next request' | 'rehearsal',
  bytes: string,
];
/** Bytes as they came, one character a byte (latin1). A body without end is cut in the record, never in the reading. */
export type ProbeReceivedRecord = ['received', atMs: number, connection: number, bytes: string];
/** The server ended its direction. */
export type ProbeFinRecord = ['fin', atMs: number, connection: number];
/** The connection broke, or could not be made: `ECONNRESET`, `EPIPE`, `ECONNREFUSED`. */
export type ProbeErrorRecord = ['error', atMs: number, connection: number, errno: string];
/** The lab closed it: the server had sent FIN and all was done, or the session was over. */
export type ProbeClosedRecord = ['closed', atMs: number, connection: number];

export type ProbeConnectionRecord =
  | ProbeDialRecord
  | ProbeConnectedRecord
  | ProbeSentRecord
  | ProbeReceivedRecord
  | ProbeFinRecord
  | ProbeErrorRecord
  | ProbeClosedRecord;

export type ProbeRecord = ProbeHeader | ProbeProcessRecord | ProbeProblemRecord | ProbeConnectionRecord;

/** A session as it was read back. */
export interface ProbeSession {
  header: ProbeHeader;
  process: ProbeProcessRecord[];
  problems: ProbeProblemRecord[];
  /** In the order of the file. */
  events: ProbeConnectionRecord[];
  /** Lines that could not be used, and why; the last line of a killed lab may be cut. */
  damaged: string[];
}
