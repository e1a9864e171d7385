import type { EndpointRecord, PodRecord } from '../timeline/records.ts';
import type { Phase } from './findings.ts';

/** Everything seen of one pod, in order of time. */
export interface PodHistory {
  pod: string;
  revision: 'old' | 'new';
  events: PodRecord[];
  endpointRemovedMs: number | null;
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
      histories.set(pod, { pod, revision, events: [record], endpointRemovedMs: null });
    }
  }
  for (const history of histories.values()) history.events.sort((a, b) => a.atMs - b.atMs);
  for (const { pod, event, atMs } of endpoints) {
    const history = histories.get(pod);
    if (history !== undefined) history.endpointRemovedMs = event === 'removed' ? atMs : null;
  }
  return histories;
}

/** Time of the first such event, or null. */
export function firstMs(history: PodHistory, event: PodRecord['event']): number | null {
  return history.events.find((record) => record.event === event)?.atMs ?? null;
}

/** The last such event, or undefined. */
export function lastOf(history: PodHistory, event: PodRecord['event']): PodRecord | undefined {
  return history.events.findLast((record) => record.event === event);
}

/** Phase of a pod at a moment; an event counts from its own time on. */
export function phaseAt(history: PodHistory | undefined, atMs: number): Phase {
  if (history === undefined) return 'unknown';
  let phase: Phase = 'unknown';
  for (const record of history.events) {
    if (record.atMs > atMs) break;
    phase = phaseAfter(phase, record.event);
  }
  return phase;
}

const ending: readonly Phase[] = ['deleted', 'terminating', 'draining', 'exited'];

function phaseAfter(phase: Phase, event: PodRecord['event']): Phase {
  const furthest = ending.indexOf(phase);
  switch (event) {
    case 'created':
      return 'starting';
    case 'started':
      // A container that was restarted begins anew; one that is being deleted is not restarted.
      return phase === 'exited' || phase === 'unknown' ? 'starting' : phase;
    case 'ready':
      return furthest === -1 ? 'serving' : phase;
    case 'deleted':
      return furthest < 0 ? 'deleted' : phase;
    case 'sigterm':
      return furthest < 1 ? 'terminating' : phase;
    case 'listenerClosed':
      return furthest < 2 ? 'draining' : phase;
    case 'exited':
    case 'gone':
      return 'exited';
    case 'portReplaced':
    case 'listening':
    case 'startupPassed':
    case 'unready':
    case 'preStopBegan':
    case 'preStopEnded':
    case 'sigkill':
    case 'warning':
      return phase;
  }
}
