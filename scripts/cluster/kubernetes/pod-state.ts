import { z } from 'zod';
import { wholeSecond, type Span } from './span.ts';

const running = z.looseObject({ startedAt: z.string() });
const waiting = z.looseObject({ reason: z.string().default(''), message: z.string().default('') });
const terminated = z.looseObject({
  exitCode: z.number(),
  reason: z.string().default(''),
  finishedAt: z.string().nullish(),
  containerID: z.string().optional(),
});
const containerState = z.looseObject({
  running: running.optional(),
  waiting: waiting.optional(),
  terminated: terminated.optional(),
});

const containerStatus = z.looseObject({
  name: z.string(),
  started: z.boolean().nullish(),
  restartCount: z.number(),
  containerID: z.string().optional(),
  state: containerState.default({}),
  lastState: containerState.default({}),
});

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
});

const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.number().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ nodeName: z.string().optional() }),
  status: z
    .looseObject({
      podIP: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z.array(condition).default([]),
      containerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});

/** How a container ended, as the kubelet tells it. */
export interface ContainerEnd {
  /** Of the container that ended. */
  id: string;
  exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, ... */
  reason: string;
  /** Epoch milliseconds; undefined where the kubelet does not know. */
  at: Span | undefined;
}

/** The one container of a pod. */
export interface ContainerState {
  /** As the runtime knows it; '' before it is made. */
  id: string;
  restartCount: number;
  /** Epoch milliseconds; undefined while it does not run. */
  startedAt: Span | undefined;
  /** Its startup probe has succeeded, or it has none and runs. */
  startupPassed: boolean;
  waiting: { reason: string; message: string } | undefined;
  /** Of this container, else of the one before it. */
  ended: ContainerEnd | undefined;
}

/** What an object of kind Pod says, as far as it matters here. */
export interface PodState {
  name: string;
  uid: string;
  ip: string | undefined;
  node: string | undefined;
  /** Label `pod-template-hash`: which ReplicaSet made it. */
  hash: string;
  /** All times are spans of epoch milliseconds. */
  createdAt: Span;
  /** When its deletion was requested; undefined while nobody did. */
  deletedAt: Span | undefined;
  ready: boolean;
  /** When it became ready, or stopped to be. */
  readyChangedAt: Span | undefined;
  /** Why no node takes it. */
  unschedulable: string | undefined;
  container: ContainerState | undefined;
}

/** Reads an object of kind Pod; throws a ZodError for anything else. */
export function podStateOf(object: unknown): PodState {
  const { metadata, spec, status } = podSchema.parse(object);
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled');
  const container = status.containerStatuses[0];
  return {
    name: metadata.name,
    uid: metadata.uid,
    ip: status.podIP,
    node: spec.nodeName,
    hash: metadata.labels['pod-template-hash'] ?? '',
    createdAt: wholeSecond(metadata.creationTimestamp),
    deletedAt: deletionOf(metadata),
    ready: ready?.status === 'True',
    readyChangedAt: ready?.lastTransitionTime ? wholeSecond(ready.lastTransitionTime) : undefined,
    unschedulable: scheduled?.reason === 'Unschedulable' ? (scheduled.message ?? '') : undefined,
    container: container && containerStateOf(container),
  };
}

/** The API server sets `deletionTimestamp` to the moment of the request plus the grace period. */
function deletionOf(metadata: z.infer<typeof podSchema>['metadata']): Span | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined) return undefined;
  const [earliest, latest] = wholeSecond(deletionTimestamp);
  const graceMs = deletionGracePeriodSeconds * 1000;
  return [earliest - graceMs, latest - graceMs];
}

function containerStateOf(status: z.infer<typeof containerStatus>): ContainerState {
  const { state, lastState } = status;
  return {
    id: idOf(status.containerID),
    restartCount: status.restartCount,
    startedAt: state.running && wholeSecond(state.running.startedAt),
    startupPassed: state.running !== undefined && status.started === true,
    waiting: state.waiting,
    ended: endOf(state.terminated ?? lastState.terminated),
  };
}

/** `containerd://<id>` */
function idOf(containerId = ''): string {
  return containerId.replace(/^.*:\/\//, '');
}

function endOf(ended: z.infer<typeof terminated> | undefined): ContainerEnd | undefined {
  if (ended === undefined) return undefined;
  const { exitCode, reason, finishedAt } = ended;
  return {
    id: idOf(ended.containerID),
    exitCode,
    reason,
    at: finishedAt ? wholeSecond(finishedAt) : undefined,
  };
}
