import type { ProbeCondition, ProbeConnectionPlan, ProbeState } from '../timeline/probe-records.ts';
import { probeTimes } from './times.ts';

/** One session of a probe as it is planned: what goes into its header. */
export interface PlannedSession {
  session: string;
  condition: ProbeCondition;
  connections: ProbeConnectionPlan[];
}

type Kind = Omit<ProbeConnectionPlan, 'id'>;

/** One connection that dies by chance would be no proof. */
const copies = 3;
/** From the first moment a process can have reacted to one where any drain that is not held up has begun. */
const idleActsAfterMs = [5, 50, 400, 1500];
const halfActsAfterMs = 400;

/**
 * All sessions that together show the strategy of a server. States that can disturb each other do not share
 * one: a server may wait for half a head, or end its drain the moment no request is in flight.
 */
export function probeSessions(graceMs: number = probeTimes.graceMs): PlannedSession[] {
  const idle = [
    ...idleActsAfterMs.flatMap((actsAfterMs) => connections('idle', actsAfterMs)),
    ...idleActsAfterMs.flatMap((actsAfterMs) => connections('idle-long', actsAfterMs)),
    ...connections('unused', halfActsAfterMs),
  ];
  const heads = (actsAfterMs: number | null) => [
    ...connections('head', actsAfterMs),
    ...connections('head-reused', actsAfterMs),
  ];
  const body = connections('body', halfActsAfterMs);
  const inFlight = connections('in-flight', null);
  const late = lateConnections(graceMs);
  return [
    planned('quiet', 'idle', idle),
    planned('quiet', 'silent', connections('idle', null)),
    planned('quiet', 'head', heads(halfActsAfterMs)),
    planned('quiet', 'head-silent', heads(null)),
    planned('quiet', 'body', body),
    planned('quiet', 'late', late),
    planned('busy', 'idle', [...inFlight, ...idle]),
    planned('busy', 'partial', [...inFlight, ...heads(halfActsAfterMs), ...body]),
    planned('busy', 'late', [...inFlight, ...late]),
  ];
}

function connections(state: ProbeState, actsAfterMs: number | null): Kind[] {
  return Array.from({ length: copies }, () => ({ state, actsAfterMs }));
}

/** As many as a server that never exits would get. */
function lateConnections(graceMs: number): Kind[] {
  const count = Math.ceil(graceMs / probeTimes.lateEveryMs);
  return Array.from({ length: count }, (_, index) => ({
    state: 'late',
    actsAfterMs: index * probeTimes.lateEveryMs,
  }));
}

function planned(condition: ProbeCondition, name: string, kinds: Kind[]): PlannedSession {
  return {
    session: `${condition}-${name}`,
    condition,
    connections: kinds.map((kind, id) => ({ id, ...kind })),
  };
}
