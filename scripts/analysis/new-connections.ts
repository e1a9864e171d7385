import type { HeaderRecord } from '../timeline/records.ts';
import { lastOf, type PodHistory } from './pods.ts';
import { spanOf, type Span } from './span.ts';

/** With so many new connections expected and none come, 95 % of the time none will: e^-mu = 0.05. */
const expectedConnections = Math.log(20);

/** Between two new connections to one of the pods of a Service, 95 % of the time. */
export function longestPauseMs({ plan }: HeaderRecord): number {
  const { replicas, maxSurge, ratePerSecond } = plan;
  const perSecond = ratePerSecond['fresh-get'] + ratePerSecond['fresh-post'];
  return (expectedConnections * (replicas + maxSurge) * 1000) / perSecond;
}

/** The last new connection that the Service sent to a pod, where the cluster tells. */
export interface LastNewConnection {
  /** The best estimate in the span. */
  atMs: number;
  span: Span;
  /** False when the pod had gone so soon afterwards that others may have been sent to where it was. */
  isLast: boolean;
}

/** Undefined where nobody saw connections on the nodes. */
export function lastNewConnectionOf(history: PodHistory, pauseMs: number): LastNewConnection | undefined {
  const last = lastOf(history, 'lastNewConnection');
  if (last === undefined) return undefined;
  const gone = lastOf(history, 'gone');
  const span = spanOf(last);
  if (gone === undefined) return { atMs: last.atMs, span, isLast: false };
  // Told when the pod has gone, and of each that comes later. Nodes may drop those unseen, but where one is seen all are.
  const seenToTheEnd = span[0] > spanOf(gone)[1];
  return { atMs: last.atMs, span, isLast: seenToTheEnd || spanOf(gone)[1] - span[1] >= pauseMs };
}
