import type { Manifest, Variant } from '../catalogue/model.ts';
import type { Kubectl } from '../support/kubectl.ts';
import type { Trigger } from '../support/trigger.ts';
import type { EventRecord, ConnectionRecord } from '../timeline/records.ts';

/** Takes what a cluster sees, in the order in which it is seen. */
export type Record = (record: EventRecord | ConnectionRecord) => void;

/** What a cluster is and what it cannot do; printed in every report. */
export interface ClusterInfo {
  name: 'embedded' | 'kind' | `context:${string}`;
  /** Version of Kubernetes; null where there is none. */
  kubernetes: string | null;
  /** True when every pod is PID 1 of its own PID namespace, as in a container. */
  pid1: boolean;
  /** From the deletion of a pod to the balancer leaving it out; null where that is measured, not set. */
  propagationDelayMs: number | null;
  /** Sentences for the reader. */
  limits: string[];
}

/** What pods are made of: the folder in which the start command runs, or the tag of an image. */
export type Artefact = { folder: string } | { image: string };

/** From where load reaches the pods: this machine, or a Job in the namespace of the deployment. */
export type LoadPlace = { from: 'host' } | { from: 'cluster'; kubectl: Kubectl };

export interface DeployRequest {
  variant: Variant;
  manifest: Manifest;
  artefact: Artefact;
  env: { [name: string]: string };
  /** Folder for the pods' logs. */
  logFolder: string;
  /** Monotonic milliseconds that are 0 in trial time. */
  originMs: number;
  record: Record;
  signal: AbortSignal;
  /** Called before the pods are ready, by a cluster that knows by then where load is to be sent. */
  onAccepted?: (target: Pick<Deployment, 'url' | 'loadPlace'>) => void;
}

/** Replicas of one variant behind one address. Disposing it removes the pods at once. */
export interface Deployment extends AsyncDisposable {
  /** Where load is sent, e.g. `http://127.71.0.1:8080`. */
  readonly url: string;
  /** Aborted with a reason when what carries the load broke (e.g. the balancer died). */
  readonly broken: AbortSignal;
  readonly loadPlace: LoadPlace;
  /**
   * Ends pods in the way that is asked for: all of them (`rolling-restart`), one (`delete-pod`), half of them
   * (`scale-down`), or those of one node (`drain`). Resolves when the last of them has gone and the replicas
   * that are asked for are ready.
   */
  restart(trigger: Trigger): Promise<void>;
  /** Processes of the instrument whose use of the machine is to be recorded. */
  readonly instrumentPids: { process: 'balancer'; pid: number }[];
}

/** An image that pods can be made of. */
export interface ProvidedImage {
  /** What pods know it by. */
  image: string;
  /** False when it was there already. */
  loaded: boolean;
}

/** One of the places where pods can run. */
export interface Cluster extends AsyncDisposable {
  readonly info: ClusterInfo;
  /** What its pods are made of. */
  readonly takes: 'folder' | 'image';
  /** Whether a new connection to a pod that has gone may get no answer at all, rather than being refused. */
  readonly connectMayHang: boolean;
  /** Why it cannot end pods in this way, as a sentence; undefined where it can. */
  cannot(trigger: Trigger): string | undefined;
  /**
   * Makes an image of this machine available to pods, unless it is there; only where it takes images. Pods know it
   * by the name in the answer, which is another one where it came through a registry.
   */
  provideImage(image: string, signal: AbortSignal): Promise<ProvidedImage>;
  /** Resolves when all replicas are ready and the address answers. */
  deploy(request: DeployRequest): Promise<Deployment>;
}
