import { z } from 'zod';

const replicaSetSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ replicas: z.number().default(0) }),
  status: z
    .looseObject({
      availableReplicas: z.number().default(0),
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});

/** What an object of kind ReplicaSet says. */
export interface ReplicaSetState {
  name: string;
  uid: string;
  /** Label `pod-template-hash`. */
  hash: string;
  /** That it is to have. */
  replicas: number;
  /** Ready for at least `minReadySeconds`. */
  available: number;
  /** Why it cannot make pods, e.g. a quota; undefined while it can. */
  failure: string | undefined;
}

/** Reads an object of kind ReplicaSet; throws a ZodError for anything else. */
export function replicaSetOf(object: unknown): ReplicaSetState {
  const { metadata, spec, status } = replicaSetSchema.parse(object);
  const failure = status.conditions.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return {
    name: metadata.name,
    uid: metadata.uid,
    hash: metadata.labels['pod-template-hash'] ?? '',
    replicas: spec.replicas,
    available: status.availableReplicas,
    failure: failure?.message,
  };
}
