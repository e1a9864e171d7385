import { describe, expect, test } from 'vitest';
import type { ProbeConnectionRecord } from '../../timeline/probe-records.ts';
import { connectionFindings } from './outcomes.ts';
import type { ConnectionFinding } from './model.ts';
import {
  answer,
  ok,
  okAndClose,
  syntheticSession,
  unavailable,
  type SyntheticConnection,
  type SyntheticSession,
} from './testing/synthetic-probe.ts';

type Options = Omit<SyntheticSession, 'connections'>;

/** What is found of one connection, beside one that shows that the server keeps connections open. */
function findingOf(
  connection: SyntheticConnection,
  options: Options = { listenerClosedMs: 2 },
): ConnectionFinding {
  const [finding] = connectionFindings(
    syntheticSession({ ...options, connections: [connection, { state: 'idle' }] }),
  );
  return finding!;
}

const idle = { state: 'idle', actsAfterMs: 50 } as const;

test.each<{
  name: string;
  connection: SyntheticConnection;
  outcome: ConnectionFinding['outcome'];
  remark?: string;
}>([
  { name: 'an answer and no end', connection: { ...idle, answer: ok }, outcome: 'served' },
  {
    name: 'an answer and an end much later',
    connection: { ...idle, answer: ok, end: [1900, 'FIN'] },
    outcome: 'served',
  },
  {
    name: 'an answer that announces close',
    connection: { ...idle, answer: okAndClose, end: [52, 'FIN'] },
    outcome: 'served, close announced',
  },
  {
    name: 'an announcement that is not kept',
    connection: { ...idle, answer: okAndClose },
    outcome: 'served, close announced',
  },
  {
    name: 'HTTP/1.0 without keep-alive announces close',
    connection: { ...idle, answer: ok.replace('1.1', '1.0') },
    outcome: 'served, close announced',
    remark: 'HTTP/1.0',
  },
  {
    name: 'a body that ends with the connection announces close',
    connection: { ...idle, answer: 'HTTP/1.1 200 OK\r\n\r\nok', end: [60, 'FIN'] },
    outcome: 'served, close announced',
  },
  {
    name: 'an answer, and FIN without a word',
    connection: { ...idle, answer: ok, end: [55, 'FIN'] },
    outcome: 'served, then closed unannounced',
  },
  {
    name: 'an answer, and RST without a word',
    connection: { ...idle, answer: ok, end: [55, 'ECONNRESET'] },
    outcome: 'served, then closed unannounced',
  },
  { name: '503', connection: { ...idle, answer: unavailable, end: [52, 'FIN'] }, outcome: 'rejected' },
  { name: '404 that was 200 before', connection: { ...idle, answer: answer(404) }, outcome: 'rejected' },
  {
    name: '404 as before SIGTERM',
    connection: { ...idle, prepared: answer(404), answer: answer(404) },
    outcome: 'served',
  },
  {
    name: 'an interim answer first',
    connection: { ...idle, answer: `HTTP/1.1 103 Early Hints\r\n\r\n${ok}` },
    outcome: 'served',
    remark: '103 first',
  },
  {
    name: 'more bytes than the answer has',
    connection: { ...idle, answer: `${ok}xyz` },
    outcome: 'served',
    remark: '3 bytes after the end of the answer',
  },
  { name: 'FIN in time', connection: { ...idle, end: [3, 'FIN'] }, outcome: 'closed before the request' },
  {
    name: 'RST in time',
    connection: { ...idle, end: [3, 'ECONNRESET'] },
    outcome: 'closed before the request',
  },
  { name: 'FIN in place of an answer', connection: { ...idle, end: [51, 'FIN'] }, outcome: 'lost by FIN' },
  {
    name: 'RST in place of an answer',
    connection: { ...idle, end: [51, 'ECONNRESET'] },
    outcome: 'lost by RST',
  },
  {
    name: 'an end of another kind',
    connection: { ...idle, end: [900, 'ETIMEDOUT'] },
    outcome: 'lost by RST',
    remark: 'ETIMEDOUT',
  },
  {
    name: 'FIN in the middle of the answer',
    connection: { ...idle, answer: ok.slice(0, 20), end: [60, 'FIN'] },
    outcome: 'lost by FIN',
    remark: 'ended in the head, by FIN',
  },
  {
    name: 'an answer that stops and never ends',
    connection: { ...idle, answer: ok.slice(0, -1) },
    outcome: 'never answered',
    remark: 'the answer stopped in its body',
  },
  { name: 'no answer and no end', connection: { ...idle }, outcome: 'never answered' },
  {
    name: 'time not come before the process had gone, and nobody closed it',
    connection: { ...idle, sentMs: null },
    outcome: 'left open',
  },
  {
    name: 'a silent one, closed while the process goes on',
    connection: { state: 'idle', end: [3, 'FIN'] },
    outcome: 'closed before the request',
  },
  {
    name: 'a silent one, open to the end',
    connection: { state: 'idle', end: [1999, 'FIN'] },
    outcome: 'left open',
  },
  { name: 'a silent one, never closed', connection: { state: 'idle' }, outcome: 'left open' },
  {
    name: 'half a head, open to the end',
    connection: { state: 'head', end: [2001, 'ECONNRESET'] },
    outcome: 'left open',
  },
  {
    name: 'half a head that is answered',
    connection: {
      state: 'head',
      answer: answer(408, 'Connection: close'),
      answeredMs: 900,
      end: [901, 'FIN'],
    },
    outcome: 'rejected',
    remark: 'answered half a request',
  },
  {
    name: 'half a head, completed',
    connection: { state: 'head-reused', actsAfterMs: 400, answer: ok },
    outcome: 'served',
  },
  {
    name: 'half a body, lost',
    connection: { state: 'body', actsAfterMs: 400, end: [401, 'FIN'] },
    outcome: 'lost by FIN',
  },
  {
    name: 'half a body, closed in time',
    connection: { state: 'body', actsAfterMs: 400, end: [9, 'FIN'] },
    outcome: 'closed before the request',
  },
  {
    name: 'an unused one is served',
    connection: { state: 'unused', actsAfterMs: 400, answer: ok },
    outcome: 'served',
  },
  {
    name: 'in flight, answered',
    connection: { state: 'in-flight', answer: okAndClose, end: [1401, 'FIN'] },
    outcome: 'served, close announced',
  },
  { name: 'in flight, cut', connection: { state: 'in-flight', end: [3, 'FIN'] }, outcome: 'lost by FIN' },
  {
    name: 'in flight, closed after the next request',
    connection: { state: 'in-flight', answer: ok, next: { sentMs: 1400.1 }, end: [1400.5, 'FIN'] },
    outcome: 'served',
  },
  {
    name: 'a late one is refused',
    connection: { state: 'late', actsAfterMs: 100, end: [100, 'ECONNREFUSED'] },
    outcome: 'refused',
  },
  {
    name: 'a late one is accepted and reset',
    connection: { state: 'late', actsAfterMs: 100, end: [101, 'ECONNRESET'] },
    outcome: 'lost by RST',
  },
  {
    name: 'a late one is served',
    connection: { state: 'late', actsAfterMs: 100, answer: ok },
    outcome: 'served',
  },
  {
    name: 'a late one is not answered',
    connection: { state: 'late', actsAfterMs: 100 },
    outcome: 'never answered',
  },
])('$name: $outcome', ({ connection, outcome, remark = '' }) => {
  expect(findingOf(connection)).toMatchObject({ outcome, remark });
});

test.each<{ name: string; connection: SyntheticConnection; remark: string }>([
  {
    name: 'close announced before SIGTERM',
    connection: { ...idle, prepared: okAndClose, sentMs: null, end: [-299, 'FIN'] },
    remark: 'the answer before SIGTERM announced close',
  },
  {
    name: 'closed before SIGTERM',
    connection: { ...idle, sentMs: null, end: [-299, 'FIN'] },
    remark: 'ended by FIN before SIGTERM',
  },
  {
    name: 'not answered before SIGTERM',
    connection: { ...idle, prepared: undefined, sentMs: null },
    remark: 'not answered before SIGTERM',
  },
  {
    name: 'answered with something else than HTTP',
    connection: { ...idle, prepared: 'SSH-2.0', sentMs: null },
    remark: 'not answered before SIGTERM: not HTTP: begins with "SSH-2.0"',
  },
  {
    name: 'answered although it was to be in flight',
    connection: { state: 'in-flight', answer: ok, answeredMs: -50 },
    remark: 'answered 200 before SIGTERM',
  },
  {
    name: 'never connected',
    connection: { state: 'unused', actsAfterMs: 400, end: [-300, 'ECONNREFUSED'] },
    remark: 'not connected: ECONNREFUSED',
  },
])('not reached: $name', ({ connection, remark }) => {
  expect(findingOf(connection)).toMatchObject({ outcome: 'not reached', remark, beforeReaction: false });
});

test('what SIGKILL by the lab ends was never answered, or left open', () => {
  const findings = connectionFindings(
    syntheticSession({
      exit: 'killed',
      connections: [
        { ...idle, end: [15_001, 'ECONNRESET'] },
        { state: 'idle', end: [15_001, 'FIN'] },
        { state: 'in-flight', end: [15_001, 'FIN'] },
      ],
    }),
  );
  expect(findings.map(({ outcome }) => outcome)).toEqual(['never answered', 'left open', 'never answered']);
});

test('times are from SIGTERM, and the next request has its own outcome', () => {
  const next = { sentMs: 1400.1, answer: unavailable };
  expect(findingOf({ state: 'in-flight', answer: ok, next, end: [1401.5, 'FIN'] })).toEqual({
    id: 0,
    state: 'in-flight',
    actsAfterMs: null,
    outcome: 'served',
    status: 200,
    sentMs: -100,
    answeredMs: 1400,
    endedMs: 1401.5,
    endedBy: 'FIN',
    beforeReaction: false,
    remark: '',
    next: { outcome: 'rejected', sentMs: 1400.1, status: 503 },
  });
});

test.each<{ name: string; connection: SyntheticConnection; beforeReaction: boolean }>([
  { name: 'served before', connection: { ...idle, actsAfterMs: 5, answer: ok }, beforeReaction: true },
  { name: 'lost before', connection: { ...idle, actsAfterMs: 5, end: [6, 'FIN'] }, beforeReaction: true },
  { name: 'served after', connection: { ...idle, answer: ok }, beforeReaction: false },
  { name: 'closed, so it never acted', connection: { ...idle, end: [31, 'FIN'] }, beforeReaction: false },
  {
    name: 'an answer that could not have come before',
    connection: { ...idle, actsAfterMs: 29, answer: okAndClose, answeredMs: 31 },
    beforeReaction: false,
  },
  { name: 'in flight is no race', connection: { state: 'in-flight', answer: ok }, beforeReaction: false },
])('acted before the reaction after 30 ms: $name: $beforeReaction', ({ connection, beforeReaction }) => {
  expect(findingOf(connection, { listenerClosedMs: 30 })).toMatchObject({ beforeReaction });
});

test('a sweep sends before and after SIGTERM', () => {
  const session = syntheticSession({
    session: 'sweep',
    connections: [
      { state: 'idle', actsAfterMs: -4, answer: ok, end: [2, 'FIN'] },
      { state: 'idle', actsAfterMs: -0.5, end: [0.4, 'ECONNRESET'] },
      { state: 'idle', actsAfterMs: 6, end: [0.4, 'FIN'] },
    ],
  });
  expect(connectionFindings(session).map(({ outcome, sentMs }) => [outcome, sentMs])).toEqual([
    ['served, then closed unannounced', -3.8],
    ['lost by RST', -0.3],
    ['closed before the request', null],
  ]);
});

describe('rehearsals of a sweep', () => {
  const idle = { state: 'idle', actsAfterMs: 2, answer: okAndClose } as const;
  const findingsOf = (...rehearsals: (string | undefined)[]) => {
    const session = syntheticSession({ session: 'sweep', connections: [idle] });
    const sigtermMs = session.process.find(({ event }) => event === 'sigterm')!.atMs;
    const before = session.events.filter((event) => event[1] < sigtermMs);
    const rehearsed = rehearsals.flatMap((received, index): ProbeConnectionRecord[] => {
      const atMs = sigtermMs - 200 + index;
      const sent: ProbeConnectionRecord = ['sent', atMs, 0, 'rehearsal', 'POST'];
      return received === undefined ? [sent] : [sent, ['received', atMs + 0.5, 0, received]];
    });
    const after = session.events.filter((event) => event[1] >= sigtermMs);
    return connectionFindings({ ...session, events: [...before, ...rehearsed, ...after] })[0]!;
  };

  test('are not the request that is looked at', () => {
    expect(findingsOf(ok, ok, ok)).toMatchObject({ outcome: 'served, close announced', sentMs: 2.2 });
  });

  test.each([
    { name: 'was not answered', rehearsals: [ok, undefined], remark: 'not answered before SIGTERM' },
    {
      name: 'ended keep-alive',
      rehearsals: [okAndClose],
      remark: 'the answer before SIGTERM announced close',
    },
  ])('leave a connection out whose last one $name', ({ rehearsals, remark }) => {
    expect(findingsOf(...rehearsals)).toMatchObject({ outcome: 'not reached', remark });
  });
});

test('late connections that were not begun are left out; without SIGTERM nothing is reached', () => {
  const session = syntheticSession({
    connections: [
      { ...idle, answer: ok },
      { state: 'late', actsAfterMs: 100 },
    ],
  });
  const begun = session.events.filter((event) => event[2] === 0);
  expect(connectionFindings({ ...session, events: begun }).map(({ id }) => id)).toEqual([0]);
  const dead = { ...session, process: session.process.filter(({ event }) => event === 'started') };
  expect(connectionFindings(dead)[0]).toMatchObject({
    outcome: 'not reached',
    remark: 'there was no SIGTERM',
  });
});
