import { z } from 'zod';
import type { EndpointRecord } from '../../timeline/records.ts';
import { Early } from './early.ts';
import type { Arrival } from './pod-life.ts';
import { timing } from './span.ts';

const sliceSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string() }),
  endpoints: z
    .array(
      z.looseObject({
        conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
        targetRef: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }).optional(),
      }),
    )
    .nullish(),
});

export interface EndpointsRequest {
  record: (record: EndpointRecord) => void;
  /** Trial time before which the Service was not there. */
  sinceMs: number;
}

/**
 * Which pods of one deployment the EndpointSlices of its Service name as ready. Slices of a Service of the same name
 * may still name pods of the deployment before that have gone.
 */
export class Endpoints {
  readonly #request: EndpointsRequest;
  /** By the slice's uid. */
  readonly #slices = new Map<string, Set<string>>();
  readonly #met = new Set<string>();
  /** Of pods that have not been met: the watch of pods may be later. */
  readonly #early = new Early<EndpointRecord>();
  #ready = new Set<string>();

  constructor(request: EndpointsRequest) {
    this.#request = request;
  }

  /** This pod is of the deployment. */
  meet(pod: string): void {
    this.#met.add(pod);
    for (const record of this.#early.take(pod)) this.#request.record(record);
  }

  /** A slice is new, has changed or is gone. */
  seen(object: unknown, isThere: boolean, arrival: Arrival): void {
    const { metadata, endpoints } = sliceSchema.parse(object);
    if (isThere) this.#slices.set(metadata.uid, readyPods(endpoints ?? []));
    else this.#slices.delete(metadata.uid);
    const before = this.#ready;
    this.#ready = new Set([...this.#slices.values()].flatMap((pods) => [...pods]));
    for (const pod of before) if (!this.#ready.has(pod)) this.#tell('removed', pod, arrival);
    for (const pod of this.#ready) if (!before.has(pod)) this.#tell('added', pod, arrival);
  }

  #tell(event: EndpointRecord['event'], pod: string, { arrivedMs, notBeforeMs }: Arrival): void {
    const heard = { source: 'watch of EndpointSlices', arrivedMs };
    const earliest = Math.max(notBeforeMs, this.#request.sinceMs);
    const times = timing([earliest, arrivedMs], heard, arrivedMs);
    const record: EndpointRecord = { type: 'endpoint', pod, event, ...times };
    if (this.#met.has(pod)) this.#request.record(record);
    else this.#early.keep(pod, record);
  }
}

type SliceEndpoints = NonNullable<z.infer<typeof sliceSchema>['endpoints']>;

/** An unknown readiness counts as ready, as the API says. */
function readyPods(endpoints: SliceEndpoints): Set<string> {
  return new Set(
    endpoints.flatMap(({ conditions, targetRef }) => {
      const isReady = conditions.ready !== false;
      return isReady && targetRef?.kind === 'Pod' && targetRef.name !== undefined ? [targetRef.name] : [];
    }),
  );
}
