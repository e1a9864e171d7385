/** What a container runtime said that it did, at a moment it knows exactly. */
export interface RuntimeAct {
  /** Id of the container. */
  container: string;
  /**
   * `stop`: the kubelet asked for the end of the container, its preStop hook being over; `signal`: the runtime is
   * about to send the stop signal; `kill`: it is about to send SIGKILL; `exit`: the first process has ended.
   */
  act: 'stop' | 'signal' | 'kill' | 'exit';
  /** On the node's wall clock. */
  epochMs: number;
  /** Of `exit`. */
  exitCode?: number;
}

/** The log of the container runtime, where somebody can read it. */
export interface RuntimeLog {
  /** Who it is, as a record names its source: `containerd's log`. */
  readonly source: string;
  /** Calls for every act from now on. Disposing it ends that. */
  listen(onAct: (act: RuntimeAct) => void): Disposable;
}
