import { median, quantile } from 'd3-array';
import { roundMs } from '../support/clock.ts';
import { clientTimes } from './client-times.ts';
import type { Evidence } from './evidence.ts';
import type { PropagationSample, Termination, TrialFindings } from './findings.ts';
import { lastNewConnectionOf, longestPauseMs, type LastNewConnection } from './new-connections.ts';
import { spanBetween } from './span.ts';

/** Over terminations that show the whole delay. */
export interface MeasuredDelay {
  medianMs: number;
  /** A quarter is not longer than the first, a quarter not shorter than the second: the median alone hides two kinds of delay. */
  quartilesMs: readonly [number, number];
  shortestMs: number;
  longestMs: number;
  /** Each of the delays lies in a span: how long these are, in the middle. */
  spanMs: number;
  terminations: number;
}

/** What terminations of a run together say of the time that a cluster needs to leave a pod out. */
export interface PropagationDelay {
  /** Null where no termination shows it whole. */
  measured: MeasuredDelay | null;
  /** Trials of those terminations. */
  trials: string[];
  /** Terminations that were left out, because their pods were gone, or stopped listening, too early to show more than a lower bound. */
  leftOut: number;
}

/**
 * From the deletion of each old pod to the last new connection that the Service sent to it, where the cluster tells of
 * that; else to the last request on a new connection that it answered. Either shows the whole delay only when the pod
 * was there, and listened, long enough afterwards for another connection to come, had the Service still had it: up to
 * SIGTERM it listens for certain. New connections are spread over the pods, so the last one comes a little before the
 * end: with r new connections a second and R + 1 endpoints (R + 1) / r on average.
 */
export function propagationOf(evidence: Evidence, terminations: readonly Termination[]): PropagationSample[] {
  const answered = lastAnswered(evidence);
  const pauseMs = longestPauseMs(evidence.header);
  return terminations.flatMap((termination): PropagationSample[] => {
    const { pod, deletedMs, betweenMs } = termination;
    const history = evidence.pods.get(pod);
    const last =
      (history && lastNewConnectionOf(history, pauseMs)) ??
      asLast(answered.get(pod), { termination, pauseMs });
    if (last === undefined) return [];
    const delay = spanBetween(betweenMs?.deletedMs ?? [deletedMs, deletedMs], last.span);
    return [
      {
        pod,
        delayMs: roundMs(Math.max(0, last.atMs - deletedMs)),
        betweenMs: [roundMs(Math.max(0, delay[0])), roundMs(Math.max(0, delay[1]))],
        complete: last.isLast,
      },
    ];
  });
}

function asLast(
  last: Answered | undefined,
  { termination, pauseMs }: { termination: Termination; pauseMs: number },
): LastNewConnection | undefined {
  if (last === undefined) return undefined;
  const closedMs = earliestClose(termination);
  return { ...last, isLast: closedMs !== null && closedMs - last.span[1] >= pauseMs };
}

type Answered = Pick<LastNewConnection, 'atMs' | 'span'>;

/** Until then the pod listened: it was not told to stop, and nobody saw its listening socket closed. */
function earliestClose({ sigtermMs, listenerClosedMs, betweenMs }: Termination): number | null {
  const ends = [
    betweenMs?.sigtermMs?.[0] ?? sigtermMs,
    betweenMs?.listenerClosedMs?.[0] ?? listenerClosedMs,
  ].filter((atMs) => atMs !== null);
  return sigtermMs === null ? null : Math.min(...ends);
}

/** Of each pod the last request on a new connection that it answered. */
function lastAnswered({ ledger, timeline, header, client }: Evidence): Map<string, Answered> {
  const last = new Map<string, Answered>();
  const { ends } = timeline;
  const { requestTimeoutMs } = header.plan;
  const clock = client?.clock ?? { uncertaintyMs: 0, requestTimeoutMs };
  for (const request of ledger.all) {
    const pod = request.end === -1 ? '' : (ends.pod[request.end] ?? '');
    if (pod === '' || !request.population.startsWith('fresh')) continue;
    const { startMs: atMs } = request;
    if (atMs < (last.get(pod)?.atMs ?? -Infinity)) continue;
    last.set(pod, { atMs, span: clientTimes(request, ends, clock).sent });
  }
  return last;
}

/** The delay of a run; undefined where the cluster has a set one. */
export function propagationDelayOf(findings: readonly TrialFindings[]): PropagationDelay | undefined {
  const measuring = findings.filter(
    ({ invalid, propagation, trial }) =>
      propagation !== undefined && invalid.length === 0 && trial.kind === 'restart',
  );
  if (!findings.some(({ propagation }) => propagation !== undefined)) return undefined;
  const samples = measuring.flatMap(({ propagation = [] }) => propagation);
  const whole = samples.filter(({ complete }) => complete);
  return {
    measured: summarise(whole),
    trials: measuring
      .filter(({ propagation = [] }) => propagation.some(({ complete }) => complete))
      .map(({ trial }) => trial.id),
    leftOut: samples.length - whole.length,
  };
}

function summarise(samples: readonly PropagationSample[]): MeasuredDelay | null {
  const delays = samples.map(({ delayMs }) => delayMs);
  const medianMs = median(delays);
  const lowerMs = quantile(delays, 0.25);
  const upperMs = quantile(delays, 0.75);
  const spanMs = median(samples, ({ betweenMs: [earliest, latest] }) => latest - earliest);
  if (medianMs === undefined || lowerMs === undefined || upperMs === undefined) return null;
  if (spanMs === undefined) return null;
  return {
    medianMs: Math.round(medianMs),
    quartilesMs: [Math.round(lowerMs), Math.round(upperMs)],
    shortestMs: Math.round(Math.min(...delays)),
    longestMs: Math.round(Math.max(...delays)),
    spanMs: Math.round(spanMs),
    terminations: samples.length,
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
