/** Every time limit of the lab that is not part of a manifest, in milliseconds. */
export const timeouts = {
  /** A trial run of setpriv and unshare. */
  containmentCheckMs: 5_000,
  /** The balancer's process to listen. */
  balancerStartMs: 20_000,
  /** All replicas of a first deployment to become ready. */
  deployMs: 120_000,
  /** A pod for which no node has room to get one. */
  unschedulableMs: 15_000,
  /** A Service to answer once all its pods are ready; its nodes' proxies take about a second. */
  serviceAnswerMs: 30_000,
  /** Pods that are not wanted any more to be gone. */
  podsGoneMs: 60_000,
  /** A namespace that is not wanted any more to be gone. */
  namespaceGoneMs: 30_000,
  /** An image to be copied to a node, or pushed to a registry. */
  imagePushMs: 600_000,
  /** A kind cluster to be deleted. */
  clusterDeleteMs: 120_000,
  /** Another lab to have made or deleted its kind cluster. */
  clusterBusyMs: 600_000,
  /** A kind cluster whose nodes run to answer, before it is given up. */
  clusterAnswerMs: 60_000,
  /** A new cluster, or a new namespace, to have what pods need: a name server, a service account. */
  clusterSettleMs: 300_000,
  /** The API server to answer one question. */
  apiAnswerMs: 10_000,
  /** A watch that was interrupted to work again. */
  watchRestartMs: 15_000,
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
  /** The container engine's daemon to say its version. */
  engineAnswerMs: 30_000,
  /** The engine to look up, tag or remove something; it may be busy with a build. */
  engineCommandMs: 60_000,
  /** An image to come from its registry; that of a node has 400 MB. */
  imagePullMs: 900_000,
  /** The download of a k6 release, 20 to 40 MB. */
  downloadMs: 300_000,
  /** k6 to end after SIGINT; it takes about 20 ms, and some seconds in a cluster until that is known. */
  loadStopMs: 30_000,
  /** k6's pod to run: to be scheduled, its image to be pulled where that is allowed. */
  loadPodStartMs: 60_000,
  /** A command in k6's pod to answer; the first one waits for a connection through the API server. */
  podCommandMs: 10_000,
  /** k6 to be seen as ended when the shell in its pod has ended. */
  podEndMs: 5_000,
  /** k6's pod and its log to be within reach again after the API server was not. */
  podSilenceMs: 30_000,
  /** k6's Job, pod and ConfigMap to be gone after they were deleted. */
  loadRemovalMs: 30_000,
  /** Beyond the request timeout, for the last requests to end and every user to have had a turn. */
  settleMarginMs: 1_000,
} as const;
