import type { ProbeCondition, ProbeState } from '../../timeline/probe-records.ts';

/** What became of one connection. The README of this folder defines each. */
export type Outcome =
  | 'served' // a whole answer, and the connection stayed open for more
  | 'served, close announced' // a whole answer with Connection: close (or HTTP/1.0 without keep-alive)
  | 'served, then closed unannounced'
  | 'rejected' // a whole answer, but not 2xx
  | 'closed before the request' // FIN or RST was there before it was to be sent
  | 'lost by FIN' // sent, and no whole answer before FIN
  | 'lost by RST'
  | 'refused' // a new connection nobody listened for
  | 'left open' // a silent connection that was open until the process ended
  | 'never answered' // sent, and still unanswered when the process ended or was killed
  | 'not reached'; // it could not be brought into its state before SIGTERM

/** One connection and what proves its outcome; times in milliseconds from SIGTERM, null for what did not happen. */
export interface ConnectionFinding {
  id: number;
  state: ProbeState;
  /** When it was to act; null for a silent one. */
  actsAfterMs: number | null;
  outcome: Outcome;
  /** Of the answer that decides the outcome. */
  status: number | null;
  /** When the bytes that decide were sent. */
  sentMs: number | null;
  /** When the answer was whole. */
  answeredMs: number | null;
  /** FIN, RST or refusal. */
  endedMs: number | null;
  endedBy: 'FIN' | 'RST' | 'refused' | null;
  /** It acted before the process had shown any reaction to SIGTERM: part of the race, not of the strategy. */
  beforeReaction: boolean;
  /** What else there is to say, e.g. why it was not reached, or what was wrong with the answer; '' for nothing. */
  remark: string;
  /** Of state `in-flight`: what became of the request sent right after the answer; null when there was none. */
  next: { outcome: Outcome; sentMs: number; status: number | null } | null;
}

/** How the process of a session ended. */
export interface ProbeExit {
  /** From SIGTERM; null when it did not end before the session was over. */
  atMs: number | null;
  exitCode: number | null;
  signal: string | null;
  /** The lab had to send SIGKILL. */
  killed: boolean;
}

/** All that one session shows. */
export interface SessionFindings {
  session: string;
  condition: ProbeCondition;
  repetition: number;
  /** Why nothing follows from it; empty when it is whole. */
  invalid: string[];
  /** First sign of SIGTERM having been noticed, from SIGTERM; null when there was none. */
  reactedMs: number | null;
  /** What that sign was, in words. */
  reaction: string;
  listenerClosedMs: number | null;
  exit: ProbeExit;
  connections: ConnectionFinding[];
}

export const strategyLabels = [
  'immediate hang-up',
  'one more message',
  'rejects',
  'swallows',
  'cuts in flight',
  'waits for clients',
  'ignores SIGTERM',
  'no keep-alive',
] as const;
/** One way of ending, by the decision table. */
export type StrategyLabel = (typeof strategyLabels)[number];

/** What a strategy is made of: a label, or what is never a strategy by itself and makes it `mixed`. */
export type PartLabel = StrategyLabel | 'closes after an unannounced answer';

/** A part of the strategy with the connections that prove it. */
export interface StrategyPart {
  label: PartLabel;
  condition: ProbeCondition;
  /** `<session>.<repetition>#<connection id>`: the name of the file, and the connection in it. */
  evidence: string[];
}

/** Several connections in one state that acted at the same time, over all repetitions. */
export interface StateFindings {
  condition: ProbeCondition;
  state: ProbeState;
  actsAfterMs: number | null;
  /** How many connections had each outcome. */
  outcomes: Partial<Record<Outcome, number>>;
  /** Of `in-flight`: of the request sent right after the answer. */
  next: Partial<Record<Outcome, number>>;
  /** True when all connections, of all repetitions, had the same outcome. */
  stable: boolean;
  /** How many of them acted before the process had reacted: where outcomes differ, this is the race. */
  beforeReaction: number;
}

/** A new connection with a request after SIGTERM: what load on new connections would have met at that moment. */
export interface Arrival {
  condition: ProbeCondition;
  /** From SIGTERM. */
  afterMs: number;
  served: boolean;
  /** It came before the process had reacted to SIGTERM. */
  beforeReaction: boolean;
  /** As in a part of the strategy. */
  evidence: string;
}

/** What keeps the process from ending, as the sessions show it. */
export type DrainBound =
  | 'nothing' // it ends at once whatever is open
  | 'requests in flight'
  | 'half-sent requests'
  | 'open connections'
  | 'a time of its own' // longer than anything that is open, or cut although something is
  | 'SIGKILL';

/** What the probe of one variant says. Derived from the records, never stored as a fact. */
export interface ProbeFindings {
  variant: string;
  /** `immediate hang-up`, `mixed: …`, `one more message (quiet), rejects (busy)`, `unknown` with a reason in `invalid`. */
  strategy: string;
  /** The strategy that each repetition shows by itself, counted. */
  byRepetition: Partial<Record<string, number>>;
  parts: StrategyPart[];
  /** What happens to requests in flight, e.g. `served`, `cut`. */
  inFlight: string;
  /** What a new connection with a request gets after SIGTERM, in order of time: `refused`, `served until 2.0 s, then refused`. */
  late: string;
  arrivals: Arrival[];
  drainBound: { bounds: DrainBound[]; text: string };
  exits: string[];
  states: StateFindings[];
  sessions: SessionFindings[];
  invalid: string[];
}
