import { tally } from '../tally.ts';
import type { ConnectionFinding, SessionFindings, StateFindings } from './model.ts';

/** Takes together the connections that were in one state and acted at one time, in the order of the sessions. */
export function stateFindings(sessions: readonly SessionFindings[]): StateFindings[] {
  const groups = new Map<
    string,
    { condition: StateFindings['condition']; connections: ConnectionFinding[] }
  >();
  for (const { condition, connections } of sessions) {
    for (const connection of connections) {
      const key = `${condition} ${connection.state} ${String(connection.actsAfterMs)}`;
      const group = groups.get(key) ?? { condition, connections: [] };
      group.connections.push(connection);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ condition, connections }) => stateOf(condition, connections));
}

function stateOf(condition: StateFindings['condition'], connections: ConnectionFinding[]): StateFindings {
  const outcomes = tally(connections, ({ outcome }) => outcome);
  const next = tally(
    connections.flatMap((connection) => connection.next ?? []),
    ({ outcome }) => outcome,
  );
  return {
    condition,
    state: connections[0]?.state ?? 'idle',
    actsAfterMs: connections[0]?.actsAfterMs ?? null,
    outcomes,
    next,
    stable: Object.keys(outcomes).length <= 1 && Object.keys(next).length <= 1,
    beforeReaction: connections.filter(({ beforeReaction }) => beforeReaction).length,
  };
}
