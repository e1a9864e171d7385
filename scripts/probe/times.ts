/** When things are done in a session, and how long they may take, in milliseconds. */
export const probeTimes = {
  /** SIGKILL after SIGTERM, where the caller does not say otherwise. */
  graceMs: 15_000,
  /** Between the answer on an `idle-long` connection and SIGTERM. */
  idleLongBeforeMs: 3_000,
  /** Between the answer on an `idle` connection and SIGTERM. */
  idleBeforeMs: 300,
  /** Half heads and half bodies are sent, and unused connections made, this long before SIGTERM. */
  halfBeforeMs: 200,
  /** Requests that are to be in flight are sent this long before SIGTERM. */
  inFlightBeforeMs: 100,
  /** How long a request in flight is asked to take. */
  inFlightDelayMs: 1_500,
  /** Between two new connections of state `late`. */
  lateEveryMs: 100,
  /** For a connection to get into its state. */
  prepareLimitMs: 3_000,
  /** For the first whole answer, where the caller does not say otherwise: a JVM on a busy machine needs 20 s. */
  answeringLimitMs: 60_000,
  /** For one of the requests by which the first whole answer is looked for. */
  attemptLimitMs: 3_000,
  /** Between two of them. */
  attemptEveryMs: 50,
  /** For all requests of the warm-up together. */
  warmUpLimitMs: 10_000,
  /** What the kernel says about connections of a process that has ended is here by then. */
  afterExitMs: 50,
  /** The requests of a sweep are sent from this long before SIGTERM until this long after it. */
  sweepSpreadMs: 20,
  /** For all connections of a sweep together to become idle; a server may close what waits for 2 s. */
  sweepPrepareLimitMs: 10_000,
  /** Of a sweep, without SIGTERM. */
  sweepRehearsals: 3,
  /** After each of them. */
  sweepRestMs: 100,
  /** Between the word to begin and the first request of a sweep: what is under way comes to rest. */
  sweepLeadMs: 50,
  /** A sweep goes on for this long after the last answer: a server may still close what it has answered. */
  sweepTailMs: 1_000,
} as const;
