import { expect, test } from 'vitest';
import type { ConnectionFinding } from '../../analysis/probe/model.ts';
import { painter } from '../paint.ts';
import { connection, session } from './testing/findings.ts';
import { renderTimeline } from './timelines.ts';

const lines = (connections: ConnectionFinding[]) =>
  renderTimeline(session({ connections }), painter(false)).slice(1);

test('the first line tells what became of the process', () => {
  const [first] = renderTimeline(session(), painter(false));
  expect(first).toBe(
    '  quiet-idle  first reaction at +1.2: it stopped listening; stopped listening at +1.2; exit code 0 at +403',
  );
});

test('no reaction is no moment', () => {
  const exit = { atMs: 15_000.4, exitCode: null, signal: 'SIGKILL', killed: true };
  const stubborn = session({ reactedMs: null, reaction: '', listenerClosedMs: null, exit });
  expect(renderTimeline(stubborn, painter(false))[0]).toBe(
    '  quiet-idle  no reaction; killed by the lab at +15000',
  );
});

test('of an invalid session only the reasons are shown', () => {
  const invalid = session({ invalid: ['interrupted: somebody stopped it'] });
  expect(renderTimeline(invalid, painter(false)).slice(1)).toEqual(['    interrupted: somebody stopped it']);
});

test.each<{ name: string; connections: ConnectionFinding[]; shown: string[] }>([
  {
    name: 'connections that met the same are one line',
    connections: [connection(), connection({ id: 1, sentMs: 50.4, answeredMs: 52 })],
    shown: ['    idle  +50 ms  2 ×  sent +50.2 to +50.4, 200 +51.2 to +52.0  served'],
  },
  {
    name: 'those that acted at another time are not',
    connections: [connection(), connection({ id: 1, actsAfterMs: 400, sentMs: 400, answeredMs: 401 })],
    shown: [
      '    idle  +50 ms   1 ×  sent +50.2, 200 +51.2  served',
      '    idle  +400 ms  1 ×  sent +400, 200 +401    served',
    ],
  },
  {
    name: 'a connection that differs is a line of its own',
    connections: [
      connection(),
      connection({
        id: 1,
        outcome: 'lost by RST',
        status: null,
        answeredMs: null,
        endedMs: 51,
        endedBy: 'RST',
      }),
      connection({ id: 2 }),
    ],
    shown: [
      '    idle  +50 ms  2 ×  sent +50.2, 200 +51.2  served',
      '    idle  +50 ms  1 ×  sent +50.2, RST +51.0  lost by RST',
    ],
  },
  {
    name: 'events are in the order of time',
    connections: [
      connection({
        outcome: 'closed before the request',
        status: null,
        sentMs: null,
        answeredMs: null,
        endedMs: 1.3,
        endedBy: 'FIN',
      }),
    ],
    shown: ['    idle  +50 ms  1 ×  FIN +1.3  closed before the request'],
  },
  {
    name: 'an in-flight connection has a next request',
    connections: [
      connection({
        state: 'in-flight',
        actsAfterMs: null,
        sentMs: -100.3,
        answeredMs: 1401,
        endedMs: 1402,
        endedBy: 'FIN',
        next: { outcome: 'lost by FIN', sentMs: 1401.5, status: null },
      }),
    ],
    shown: [
      '    in-flight    1 ×  sent −100, 200 +1401, next sent +1402, FIN +1402  served; next request: lost by FIN',
    ],
  },
  {
    name: 'new connections are joined only with their neighbours',
    connections: [0, 100, 200, 300].map((actsAfterMs, id) =>
      connection({
        id,
        state: 'late',
        actsAfterMs,
        sentMs: actsAfterMs + 1,
        answeredMs: actsAfterMs + 2,
        outcome: id === 2 ? 'rejected' : 'served',
        status: id === 2 ? 503 : 200,
      }),
    ),
    shown: [
      '    late  +0 to +100 ms  2 ×  sent +1.0 to +101, 200 +2.0 to +102  served',
      '    late  +200 ms        1 ×  sent +201, 503 +202                  rejected',
      '    late  +300 ms        1 ×  sent +301, 200 +302                  served',
    ],
  },
  {
    name: 'what belongs to the race, and remarks, are told',
    connections: [connection({ beforeReaction: true, remark: 'the chunk size is wrong' })],
    shown: [
      '    idle  +50 ms  1 ×  sent +50.2, 200 +51.2  served (before the first reaction): the chunk size is wrong',
    ],
  },
])('$name', ({ connections, shown }) => expect(lines(connections)).toEqual(shown));
