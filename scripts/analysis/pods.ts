import type { EndpointRecord, PodRecord } from '../timeline/records.ts';
import { inOrder } from './pod-order.ts';

/** Everything seen of one pod, in order of time. */
export interface PodHistory {
  pod: string;
  revision: 'old' | 'new';
  events: PodRecord[];
  /** Null while it is in the endpoints. */
  endpointRemoved: EndpointRecord | null;
}

/** Groups pod and endpoint records by pod. */
export function podHistories(
  records: readonly PodRecord[],
  endpoints: readonly EndpointRecord[],
): Map<string, PodHistory> {
  const histories = new Map<string, PodHistory>();
  for (const record of records) {
    const history = histories.get(record.pod);
    if (history !== undefined) history.events.push(record);
    else {
      const { pod, revision } = record;
      histories.set(pod, { pod, revision, events: [record], endpointRemoved: null });
    }
  }
  for (const history of histories.values()) history.events = inOrder(history.events);
  for (const endpoint of endpoints) {
    const history = histories.get(endpoint.pod);
    if (history !== undefined) history.endpointRemoved = endpoint.event === 'removed' ? endpoint : null;
  }
  return histories;
}

/** Time of the first such event, or null. */
export function firstMs(history: PodHistory, event: PodRecord['event']): number | null {
  return firstOf(history, event)?.atMs ?? null;
}

/** The first such event, or undefined. */
export function firstOf(history: PodHistory, event: PodRecord['event']): PodRecord | undefined {
  return history.events.find((record) => record.event === event);
}

/** The last such event, or undefined. */
export function lastOf(history: PodHistory, event: PodRecord['event']): PodRecord | undefined {
  return history.events.findLast((record) => record.event === event);
}
