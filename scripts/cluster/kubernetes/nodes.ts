import type { RuntimeLog } from './runtime-act.ts';

/** What can be done only by those who can enter the nodes. */
export interface Nodes {
  /** The clock of the nodes is this machine's: they share its kernel. */
  readonly shareKernel: boolean;
  /** Undefined when it cannot be read. */
  readonly runtimeLog: RuntimeLog | undefined;
  /** Sentences for the report, about the network of the nodes. */
  readonly limits: string[];
  /** Asks from every node; undefined when each got an answer of one of these pods, else what went wrong. */
  reaches(url: string, pods: readonly string[]): Promise<string | undefined>;
  /** New connections to pods, as the node's kernel sees them; undefined where it does not tell. */
  readonly connections: ConnectionLog | undefined;
  /** Why the cluster does not answer any more, as a sentence; undefined when nothing is wrong with the nodes. */
  whyLost(): Promise<string | undefined>;
}

/** The node's kernel sent the first packet of a new connection to a pod, at this moment of its wall clock. */
export interface NewConnection {
  podIp: string;
  epochMs: number;
}

export interface ConnectionLog {
  readonly source: string;
  /** Calls for every new connection through a Service from now on. Disposing it ends that. */
  listen(onConnection: (connection: NewConnection) => void): Disposable;
}
