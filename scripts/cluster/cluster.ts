import type { Manifest, Variant } from '../catalogue/model.ts';
import type { EventRecord, ConnectionRecord } from '../timeline/records.ts';

/** Takes what a cluster sees, in the order in which it is seen. */
export type Record = (record: EventRecord | ConnectionRecord) => void;

/** What a cluster is and what it cannot do; printed in every report. */
export interface ClusterInfo {
  name: 'embedded';
  /** True when every pod is PID 1 of its own PID namespace, as in a container. */
  pid1: boolean;
  /** From the deletion of a pod to the balancer leaving it out. */
  propagationDelayMs: number;
  /** Sentences for the reader. */
  limits: string[];
}

export interface DeployRequest {
  variant: Variant;
  manifest: Manifest;
  /** Folder in which the start command runs. */
  artefact: string;
  env: { [name: string]: string };
  /** Folder for the pods' logs. */
  logFolder: string;
  /** Monotonic milliseconds that are 0 in trial time. */
  originMs: number;
  record: Record;
  signal: AbortSignal;
}

/** Replicas of one variant behind one address. Disposing it removes the pods at once. */
export interface Deployment extends AsyncDisposable {
  /** Where load is sent, e.g. `http://127.71.0.1:8080`. */
  readonly url: string;
  /** Aborted with a reason when what carries the load broke (e.g. the balancer died). */
  readonly broken: AbortSignal;
  /** Replaces every pod by a new one as a rolling restart does; resolves when the last old pod has gone. */
  restart(): Promise<void>;
  /** Processes of the instrument whose use of the machine is to be recorded. */
  readonly instrumentPids: { process: 'balancer'; pid: number }[];
}

/** One of the places where pods can run. */
export interface Cluster extends AsyncDisposable {
  readonly info: ClusterInfo;
  /** Resolves when all replicas are ready and the address answers. */
  deploy(request: DeployRequest): Promise<Deployment>;
}
