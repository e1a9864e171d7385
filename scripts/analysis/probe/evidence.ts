import type { ProbeSession } from '../../timeline/probe-records.ts';
import { baselineOf, type Baseline } from './baseline.ts';
import { readConnections, type Connection } from './connections.ts';
import { lifeOf, type ProcessLife } from './exit.ts';

/** A session as its records show it, before anything is concluded. */
export interface SessionEvidence {
  session: ProbeSession;
  connections: Connection[];
  life: ProcessLife;
  baseline: Baseline;
}

/** Reads a session. Without a baseline of its own probe it is compared with itself. */
export function evidenceOf(
  session: ProbeSession,
  baseline: Baseline = baselineOf([session]),
): SessionEvidence {
  return { session, connections: readConnections(session), life: lifeOf(session), baseline };
}

/** True for what the lab's SIGKILL caused. */
export function isByKill({ sigkillMs }: ProcessLife, atMs: number): boolean {
  return sigkillMs !== null && atMs >= sigkillMs;
}
