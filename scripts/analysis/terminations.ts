import type { Population } from '../timeline/records.ts';
import type { Evidence } from './evidence.ts';
import type { Loss, Termination } from './findings.ts';
import { firstMs, lastOf, type PodHistory } from './pods.ts';

/** One entry for each old pod that was deleted, in order of deletion. */
export function terminationsOf(evidence: Evidence, losses: readonly Loss[]): Termination[] {
  const lastResponses = lastResponsesByPod(evidence);
  const terminations: Termination[] = [];
  for (const history of evidence.pods.values()) {
    if (history.revision !== 'old') continue;
    const deletedMs = firstMs(history, 'deleted');
    if (deletedMs === null) continue;
    terminations.push({
      ...lifeOf(history, deletedMs),
      lastResponseMs: lastResponses.get(history.pod) ?? null,
      lost: lostTo(history.pod, deletedMs, losses),
    });
  }
  return terminations.sort((a, b) => a.deletedMs - b.deletedMs);
}

/** True when the pod that lost the request was being terminated when the failure was seen. */
export function belongsTo(loss: Loss, termination: { pod: string; deletedMs: number }): boolean {
  return loss.pod === termination.pod && loss.failedMs >= termination.deletedMs;
}

function lifeOf(history: PodHistory, deletedMs: number): Omit<Termination, 'lastResponseMs' | 'lost'> {
  const sigtermMs = firstMs(history, 'sigterm');
  const exited = lastOf(history, 'exited');
  const exitedMs = exited !== undefined && exited.atMs >= deletedMs ? exited.atMs : null;
  return {
    pod: history.pod,
    deletedMs,
    preStopEndedMs: firstMs(history, 'preStopEnded'),
    sigtermMs,
    endpointRemovedMs: history.endpointRemovedMs,
    listenerClosedMs: lastOf(history, 'listenerClosed')?.atMs ?? null,
    exitedMs,
    exitCode: exitedMs === null ? null : (exited?.exitCode ?? null),
    signal: exitedMs === null ? null : (exited?.signal ?? null),
    // The exit code does not tell: in a PID namespace a SIGKILL shows as exit code 1.
    killedAfterGrace: history.events.some(
      ({ event, detail }) => event === 'sigkill' && (detail?.startsWith('grace period') ?? false),
    ),
    drainMs: exitedMs === null || sigtermMs === null ? null : Math.max(0, exitedMs - sigtermMs),
  };
}

function lostTo(pod: string, deletedMs: number, losses: readonly Loss[]): Termination['lost'] {
  const lost: Partial<Record<Population, number>> = {};
  for (const loss of losses) {
    if (belongsTo(loss, { pod, deletedMs })) lost[loss.population] = (lost[loss.population] ?? 0) + 1;
  }
  return lost;
}

function lastResponsesByPod({ ledger, connections, timeline }: Evidence): Map<string, number> {
  const last = new Map<string, number>();
  for (const { end, endMs, connection } of ledger.all) {
    if (end === -1 || timeline.ends.status[end] === 0) continue;
    // X-Pod, the server's own word, else what the balancer chose.
    const told = timeline.ends.pod[end] ?? '';
    const pod = told === '' && connection !== undefined ? (connections.get(connection)?.pod ?? '') : told;
    if (endMs > (last.get(pod) ?? -Infinity)) last.set(pod, endMs);
  }
  return last;
}
