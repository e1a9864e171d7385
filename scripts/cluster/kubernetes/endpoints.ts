import { z } from 'zod';
import type { EndpointRecord } from '../../timeline/records.ts';
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
  /** Whether a pod is of an earlier deployment, and so of no interest. */
  isEarlier: (pod: string) => boolean;
}

/** Which pods the EndpointSlices of one Service name as ready. */
export class Endpoints {
  readonly #request: EndpointsRequest;
  /** By the slice's uid. */
  readonly #slices = new Map<string, Set<string>>();
  #ready = new Set<string>();

  constructor(request: EndpointsRequest) {
    this.#request = request;
  }

  get ready(): ReadonlySet<string> {
    return this.#ready;
  }

  /** A slice is new, has changed or is gone. */
  seen(object: unknown, isThere: boolean, arrival: Arrival): void {
    const { metadata, endpoints } = sliceSchema.parse(object);
    if (isThere) this.#slices.set(metadata.uid, readyPods(endpoints ?? []));
    else this.#slices.delete(metadata.uid);
    const before = this.#ready;
    const ready = [...this.#slices.values()].flatMap((pods) => [...pods]);
    this.#ready = new Set(ready.filter((pod) => !this.#request.isEarlier(pod)));
    for (const pod of before) if (!this.#ready.has(pod)) this.#tell('removed', pod, arrival);
    for (const pod of this.#ready) if (!before.has(pod)) this.#tell('added', pod, arrival);
  }

  #tell(event: EndpointRecord['event'], pod: string, { arrivedMs, notBeforeMs }: Arrival): void {
    const heard = { source: 'watch of EndpointSlices', arrivedMs };
    const { sinceMs, record } = this.#request;
    const earliest = Math.max(notBeforeMs, sinceMs);
    record({ type: 'endpoint', pod, event, ...timing([earliest, arrivedMs], heard, arrivedMs) });
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
