import { median } from 'd3-array';
import { roundMs } from '../support/clock.ts';
import { clientTimes } from './client-times.ts';
import type { Evidence } from './evidence.ts';
import type { PropagationSample, Termination, TrialFindings } from './findings.ts';
import { spanBetween, type Span } from './span.ts';

/** What terminations of a run together say of the time that a cluster needs to leave a pod out. */
export interface PropagationDelay {
  /** Null where no termination shows it whole. */
  measured: { medianMs: number; shortestMs: number; longestMs: number; terminations: number } | null;
  /** Trials of those terminations. */
  trials: string[];
  /** Terminations that were left out, because their servers stopped listening too early to show more than a lower bound. */
  leftOut: number;
}

/** With so many new connections expected and none come, 95 % of the time the pod is out: e^-mu = 0.05. */
const expectedConnections = Math.log(20);

/**
 * From the deletion of each old pod to the last request on a new connection that it answered. It shows the whole delay
 * only when the pod still listened long enough afterwards for another connection to come, had the Service still had it:
 * up to SIGTERM it listens for certain. New connections are spread over the pods, so the last one comes a little before
 * the end: with r new connections a second and R + 1 endpoints (R + 1) / r on average.
 */
export function propagationOf(evidence: Evidence, terminations: readonly Termination[]): PropagationSample[] {
  const last = lastNewConnections(evidence);
  const quietMs = longestPauseMs(evidence);
  return terminations.flatMap((termination): PropagationSample[] => {
    const { pod, deletedMs, betweenMs } = termination;
    const sent = last.get(pod);
    if (sent === undefined) return [];
    const delay = spanBetween(betweenMs?.deletedMs ?? [deletedMs, deletedMs], sent.span);
    const toldMs = earliestClose(termination);
    return [
      {
        pod,
        delayMs: roundMs(Math.max(0, sent.atMs - deletedMs)),
        betweenMs: [roundMs(Math.max(0, delay[0])), roundMs(Math.max(0, delay[1]))],
        complete: toldMs !== null && toldMs - sent.span[1] >= quietMs,
      },
    ];
  });
}

/** Until then the pod listened: it was not told to stop, and nobody saw its listening socket closed. */
function earliestClose({ sigtermMs, listenerClosedMs, betweenMs }: Termination): number | null {
  const ends = [
    betweenMs?.sigtermMs?.[0] ?? sigtermMs,
    betweenMs?.listenerClosedMs?.[0] ?? listenerClosedMs,
  ].filter((atMs) => atMs !== null);
  return sigtermMs === null ? null : Math.min(...ends);
}

/** Of each pod the last request on a new connection that it answered. */
function lastNewConnections({
  ledger,
  timeline,
  client,
}: Evidence): Map<string, { atMs: number; span: Span }> {
  const last = new Map<string, { atMs: number; span: Span }>();
  const { ends } = timeline;
  for (const request of ledger.all) {
    const pod = request.end === -1 ? '' : (ends.pod[request.end] ?? '');
    if (pod === '' || !request.population.startsWith('fresh')) continue;
    if ((last.get(pod)?.atMs ?? -Infinity) > request.startMs) continue;
    const { sent } = clientTimes(request, ends, client?.clock.uncertaintyMs ?? 0);
    last.set(pod, { atMs: request.startMs, span: sent });
  }
  return last;
}

/** Between two new connections to one of the pods of a Service, 95 % of the time. */
function longestPauseMs({ header }: Evidence): number {
  const { replicas, maxSurge, ratePerSecond } = header.plan;
  const perSecond = ratePerSecond['fresh-get'] + ratePerSecond['fresh-post'];
  return (expectedConnections * (replicas + maxSurge) * 1000) / perSecond;
}

/** The delay of a run; undefined where the cluster has a set one. */
export function propagationDelayOf(findings: readonly TrialFindings[]): PropagationDelay | undefined {
  const measuring = findings.filter(
    ({ invalid, propagation, trial }) =>
      propagation !== undefined && invalid.length === 0 && trial.kind === 'restart',
  );
  if (!findings.some(({ propagation }) => propagation !== undefined)) return undefined;
  const samples = measuring.flatMap(({ propagation = [] }) => propagation);
  const delays = samples.filter(({ complete }) => complete).map(({ delayMs }) => delayMs);
  const middle = median(delays);
  return {
    measured:
      middle === undefined
        ? null
        : {
            medianMs: roundMs(middle),
            shortestMs: Math.min(...delays),
            longestMs: Math.max(...delays),
            terminations: delays.length,
          },
    trials: measuring
      .filter(({ propagation = [] }) => propagation.some(({ complete }) => complete))
      .map(({ trial }) => trial.id),
    leftOut: samples.length - delays.length,
  };
}

/** Puts the median of the run where a trial does not know the delay of its cluster. */
export function withPropagationDelay(
  findings: readonly TrialFindings[],
  delay: PropagationDelay | undefined,
): TrialFindings[] {
  const medianMs = delay?.measured?.medianMs ?? null;
  return findings.map((trial) =>
    trial.conditions.propagationDelayMs === null
      ? { ...trial, conditions: { ...trial.conditions, propagationDelayMs: medianMs } }
      : trial,
  );
}
