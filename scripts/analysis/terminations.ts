import { roundMs } from '../support/clock.ts';
import type { EndpointRecord, PodRecord } from '../timeline/records.ts';
import type { Evidence } from './evidence.ts';
import { terminationTimes, type Between, type Loss, type Termination } from './findings.ts';
import { belongsTo } from './hits.ts';
import { firstOf, lastOf, type PodHistory } from './pods.ts';
import { spanBetween, spanOf } from './span.ts';
import { tally } from './tally.ts';

/** One entry for each old pod that was deleted, in order of deletion. */
export function terminationsOf(evidence: Evidence, losses: readonly Loss[]): Termination[] {
  const lastResponses = lastResponsesByPod(evidence);
  const terminations: Termination[] = [];
  for (const history of evidence.pods.values()) {
    if (history.revision !== 'old') continue;
    const deleted = firstOf(history, 'deleted');
    if (deleted === undefined) continue;
    const life = lifeOf(history, deleted);
    const perhapsLost = tally(
      losses.filter(({ candidates }) => candidates?.includes(history.pod)),
      ({ population }) => population,
    );
    terminations.push({
      ...life,
      lastResponseMs: lastResponses.get(history.pod) ?? null,
      lost: tally(
        losses.filter((loss) => belongsTo(loss, life)),
        ({ population }) => population,
      ),
      ...(Object.keys(perhapsLost).length > 0 && { perhapsLost }),
    });
  }
  return terminations.sort((a, b) => a.deletedMs - b.deletedMs);
}

function lifeOf(history: PodHistory, deleted: PodRecord): Omit<Termination, 'lastResponseMs' | 'lost'> {
  const { atMs: deletedMs } = deleted;
  const last = lastOf(history, 'exited');
  const exited = last !== undefined && last.atMs >= deletedMs ? last : undefined;
  const seen: Steps = {
    deletedMs: deleted,
    preStopEndedMs: firstOf(history, 'preStopEnded'),
    sigtermMs: firstOf(history, 'sigterm'),
    endpointRemovedMs: history.endpointRemoved ?? undefined,
    listenerClosedMs: lastOf(history, 'listenerClosed'),
    exitedMs: exited,
  };
  const atMs = (time: keyof Steps): number | null => seen[time]?.atMs ?? null;
  const [sigtermMs, exitedMs] = [atMs('sigtermMs'), atMs('exitedMs')];
  const betweenMs = roughTimes(seen);
  return {
    pod: history.pod,
    deletedMs,
    preStopEndedMs: atMs('preStopEndedMs'),
    sigtermMs,
    endpointRemovedMs: atMs('endpointRemovedMs'),
    listenerClosedMs: atMs('listenerClosedMs'),
    exitedMs,
    exitCode: exited?.exitCode ?? null,
    signal: exited?.signal ?? null,
    // The exit code does not tell: in a PID namespace a SIGKILL shows as exit code 1.
    killedAfterGrace: history.events.some(
      ({ event, detail }) => event === 'sigkill' && (detail?.startsWith('grace period') ?? false),
    ),
    drainMs: exitedMs === null || sigtermMs === null ? null : Math.max(0, exitedMs - sigtermMs),
    ...(betweenMs && { betweenMs }),
  };
}

type Steps = Record<(typeof terminationTimes)[number], PodRecord | EndpointRecord | undefined>;

/** Undefined when all of them are exact. */
function roughTimes(steps: Steps): Termination['betweenMs'] {
  const rough = terminationTimes.filter((time) => steps[time]?.seen !== undefined);
  if (rough.length === 0) return undefined;
  const between = rough.map((time) => [time, steps[time] && betweenOf(spanOf(steps[time]))] as const);
  const { sigtermMs, exitedMs } = steps;
  const drain = sigtermMs && exitedMs && spanBetween(spanOf(sigtermMs), spanOf(exitedMs));
  return {
    ...Object.fromEntries(between),
    ...(drain && { drainMs: betweenOf([Math.max(0, drain[0]), Math.max(0, drain[1])]) }),
  };
}

function betweenOf([earliestMs, latestMs]: readonly [number, number]): Between {
  return [roundMs(earliestMs), roundMs(latestMs)];
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
