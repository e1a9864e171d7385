import { describe, expect, test } from 'vitest';
import { probeStates, type ProbeConnectionPlan } from '../timeline/probe-records.ts';
import { probeSessions } from './sessions.ts';

const sessions = probeSessions();

/** `idle +5 ×3`: one line for connections that do the same. */
function summary(connections: ProbeConnectionPlan[]): string[] {
  const counts = new Map<string, number>();
  for (const { state, actsAfterMs } of connections) {
    const kind = state === 'late' ? 'late' : `${state} ${actsAfterMs === null ? 'never' : `+${actsAfterMs}`}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind} ×${count}`);
}

test('the sessions of a probe', () => {
  const idle = ['idle +5 ×3', 'idle +50 ×3', 'idle +400 ×3', 'idle +1500 ×3'];
  const idleStates = [...idle, ...idle.map((kind) => kind.replace('idle', 'idle-long')), 'unused +400 ×3'];
  expect(sessions.map(({ session, connections }) => [session, ...summary(connections)])).toEqual([
    ['quiet-idle', ...idleStates],
    ['quiet-silent', 'idle never ×3'],
    ['quiet-head', 'head +400 ×3', 'head-reused +400 ×3'],
    ['quiet-head-silent', 'head never ×3', 'head-reused never ×3'],
    ['quiet-body', 'body +400 ×3'],
    ['quiet-late', 'late ×150'],
    ['busy-idle', 'in-flight never ×3', ...idleStates],
    ['busy-partial', 'in-flight never ×3', 'head +400 ×3', 'head-reused +400 ×3', 'body +400 ×3'],
    ['busy-late', 'in-flight never ×3', 'late ×150'],
  ]);
});

test('every state is in one of them', () => {
  const planned = new Set(sessions.flatMap(({ connections }) => connections.map(({ state }) => state)));
  expect([...planned].toSorted()).toEqual(probeStates.toSorted());
});

test('connections are counted from 0', () => {
  for (const { connections } of sessions)
    expect(connections.map(({ id }) => id)).toEqual(connections.map((_, index) => index));
});

describe('new connections come every 100 ms until grace is over', () => {
  test.each([
    { graceMs: 300, moments: [0, 100, 200] },
    { graceMs: 350, moments: [0, 100, 200, 300] },
    { graceMs: 0, moments: [] },
  ])('$graceMs ms', ({ graceMs, moments }) => {
    const late = probeSessions(graceMs).find(({ session }) => session === 'quiet-late')!;
    expect(late.connections.map(({ actsAfterMs }) => actsAfterMs)).toEqual(moments);
  });
});
