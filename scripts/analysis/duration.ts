import { max, mean } from 'd3-array';
import { roundMs } from '../support/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Termination, TrialFindings } from './findings.ts';
import { firstMs } from './pods.ts';
import { isRollingRestart } from './rolling-restart.ts';

/** How long the load ran, and how long it had to. Nothing is unavoidable in a sham. */
export function durationOf(evidence: Evidence, terminations: readonly Termination[]): TrialFindings['time'] {
  const fromMs = evidence.load.firstRequest?.atMs;
  const toMs = evidence.load.stopping?.atMs;
  const wallMs = fromMs === undefined || toMs === undefined ? null : toMs - fromMs;
  const unavoidableMs = unavoidable(evidence, terminations);
  return {
    wallMs: wallMs === null ? null : roundMs(wallMs),
    unavoidableMs: unavoidableMs === null ? null : roundMs(unavoidableMs),
    ratio:
      wallMs === null || unavoidableMs === null ? null : Math.round((wallMs / unavoidableMs) * 1000) / 1000,
  };
}

/**
 * warm-up + replicas × (start + probe quantum) + preStop + longest drain + tail + answers that were still open then;
 * other triggers replace all pods at once.
 */
function unavoidable(evidence: Evidence, terminations: readonly Termination[]): number | null {
  const { replicas, warmUpMs, probeQuantumMs, preStopMs, tailMs } = evidence.header.plan;
  const startMs = mean(startsOf(evidence));
  if (startMs === undefined || terminations.length === 0) return null;
  const drainMs = Math.max(0, ...terminations.map((termination) => termination.drainMs ?? 0));
  const turns = isRollingRestart(evidence.header.trial) ? replicas : 1;
  const replacementMs = turns * (startMs + probeQuantumMs);
  return warmUpMs + replacementMs + preStopMs + drainMs + tailMs + openMs(evidence);
}

/** How long after the tail requests were open that had been sent before the last pod went: up to their timeout. */
function openMs({ rolloutCompleteMs, header, ledger }: Evidence): number {
  if (rolloutCompleteMs === undefined) return 0;
  const open = ledger.all.filter(({ startMs, end }) => startMs <= rolloutCompleteMs && end >= 0);
  const lastMs = max(open, ({ endMs }) => endMs) ?? -Infinity;
  return Math.max(0, lastMs - rolloutCompleteMs - header.plan.tailMs);
}

/** Creation to listening of each new pod; to readiness less one probe period where no listener was seen. */
function startsOf(evidence: Evidence): number[] {
  const starts: number[] = [];
  for (const history of evidence.pods.values()) {
    if (history.revision !== 'new') continue;
    const createdMs = firstMs(history, 'created');
    if (createdMs === null) continue;
    const listeningMs = firstMs(history, 'listening');
    const readyMs = firstMs(history, 'ready');
    if (listeningMs !== null) starts.push(listeningMs - createdMs);
    else if (readyMs !== null) {
      starts.push(Math.max(0, readyMs - createdMs - evidence.header.plan.probeQuantumMs));
    }
  }
  return starts;
}
