/** Every time limit of the lab that is not part of a manifest, in milliseconds. */
export const timeouts = {
  /** A trial run of setpriv and unshare. */
  containmentCheckMs: 5_000,
  /** The balancer's process to listen. */
  balancerStartMs: 20_000,
  /** All replicas of a first deployment to become ready. */
  deployMs: 120_000,
  /** A rolling restart to make progress: no pod became ready or went in this time. */
  progressMs: 120_000,
  /** A refused client to send the head of its request, so that the refusal can be joined to it. */
  refusedHeadMs: 1_000,
  /** Bytes that a pod sent before its reset to be passed on. */
  flushBeforeResetMs: 1_000,
  /** A killed process to be reaped. */
  reapMs: 5_000,
  /** Another lab to say who it is; it may be analysing a trial. */
  lockAnswerMs: 5_000,
  /** `<program> --version`; a JVM on a busy machine needs seconds. */
  versionCommandMs: 30_000,
  /** The download of a k6 release, 20 to 40 MB. */
  downloadMs: 300_000,
  /** k6 to end after SIGINT; it takes about 20 ms. */
  loadStopMs: 10_000,
  /** Beyond the request timeout, for the last requests to end and every user to have had a turn. */
  settleMarginMs: 1_000,
} as const;
