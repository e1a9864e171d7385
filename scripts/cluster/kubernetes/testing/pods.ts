/** A moment of the day on which all objects of these tests live. */
export const second = (seconds: number) =>
  new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString().replace('.000', '');

/** What differs from a pod that runs and is ready since 12:00:03. */
export interface PodChanges {
  /** Seconds after 12:00. */
  deleted?: number;
  graceSeconds?: number;
  ready?: boolean;
  readyChanged?: number;
  started?: boolean;
  restartCount?: number;
  waiting?: { reason: string; message?: string };
  terminated?: { exitCode: number; reason: string; finished: number };
  lastTerminated?: { exitCode: number; reason: string; finished: number };
  resourceVersion?: number;
  unschedulable?: string;
}

/** An object of kind Pod as the API writes it. */
export function podObject(name: string, changes: PodChanges = {}): object {
  const { deleted, graceSeconds = 15, ready = true, started = true, restartCount = 0, waiting } = changes;
  const ended = (end: PodChanges['terminated']) =>
    end && {
      exitCode: end.exitCode,
      reason: end.reason,
      startedAt: second(1),
      finishedAt: second(end.finished),
      containerID: `containerd://id-${name}-${restartCount}`,
    };
  const running = waiting || changes.terminated ? {} : { running: { startedAt: second(1) } };
  const state = {
    ...(waiting && { waiting }),
    ...(changes.terminated && { terminated: ended(changes.terminated) }),
  };
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion: String(changes.resourceVersion ?? 1),
      creationTimestamp: second(0),
      labels: { app: 'hello', 'pod-template-hash': 'abc' },
      ...(deleted !== undefined && {
        deletionTimestamp: second(deleted + graceSeconds),
        deletionGracePeriodSeconds: graceSeconds,
      }),
    },
    spec: { nodeName: 'node' },
    status: {
      podIP: '10.244.0.5',
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: second(changes.readyChanged ?? 3),
        },
        ...(changes.unschedulable === undefined
          ? []
          : [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: changes.unschedulable,
              },
            ]),
      ],
      containerStatuses: [
        {
          name: 'hello',
          started,
          restartCount,
          containerID: `containerd://id-${name}-${restartCount}`,
          state: { ...running, ...state },
          lastState: changes.lastTerminated ? { terminated: ended(changes.lastTerminated) } : {},
        },
      ],
    },
  };
}
