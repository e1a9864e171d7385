import { expect, test } from 'vitest';
import { analyseProbe } from './findings.ts';
import {
  ok,
  okAndClose,
  syntheticSession,
  unavailable,
  type SyntheticConnection,
  type SyntheticSession,
} from './testing/synthetic-probe.ts';

const moments = [5, 50, 400, 1500];

/** The same at each of the four moments, on connections that were idle for a short and for a long time. */
function idleThat(does: (actsAfterMs: number) => Omit<SyntheticConnection, 'state'>): SyntheticConnection[] {
  return moments.flatMap((actsAfterMs) =>
    (['idle', 'idle-long'] as const).map((state) => ({ state, actsAfterMs, ...does(actsAfterMs) })),
  );
}

const hungUp = idleThat(() => ({ end: [3, 'FIN'] }));
const announced = idleThat((atMs) => ({ answer: okAndClose, end: [atMs + 2, 'FIN'] }));
const rejected = idleThat((atMs) => ({ answer: unavailable, end: [atMs + 2, 'FIN'] }));
const served = idleThat(() => ({ answer: ok }));
const silent: SyntheticConnection = { state: 'idle', end: [2000, 'FIN'] };
const finished: SyntheticConnection = { state: 'in-flight', answer: okAndClose, end: [1401, 'FIN'] };
const cut: SyntheticConnection = { state: 'in-flight', end: [3, 'FIN'] };
const kept: SyntheticConnection = { state: 'in-flight', answer: ok, next: { sentMs: 1400.1, answer: ok } };
const keptThenClosed: SyntheticConnection = {
  state: 'in-flight',
  answer: ok,
  next: { sentMs: 1400.1 },
  end: [1400.4, 'FIN'],
};

const noKeepAlive = idleThat(() => ({ prepared: okAndClose, sentMs: null, end: [-299, 'FIN'] }));

type Row = {
  name: string;
  quiet?: SyntheticConnection[];
  busy?: SyntheticConnection[];
  process?: Omit<SyntheticSession, 'connections'>;
  strategy: string;
};

const killed = { exit: 'killed' } as const;

function strategyOf({ quiet, busy, process }: Row): string {
  const listenerClosedMs = process?.exit === 'killed' ? undefined : 2;
  const options = { ...(listenerClosedMs !== undefined && { listenerClosedMs }), ...process };
  return analyseProbe([
    ...(quiet ? [syntheticSession({ ...options, condition: 'quiet', connections: quiet })] : []),
    ...(busy ? [syntheticSession({ ...options, condition: 'busy', connections: busy })] : []),
  ]).strategy;
}

test.each<Row>([
  {
    name: 'closed at once',
    quiet: hungUp,
    busy: [...hungUp, finished],
    strategy: 'immediate hang-up',
  },
  {
    name: 'written to in the moment of closing',
    quiet: idleThat((atMs) => ({ end: [atMs === 5 ? 8 : 9, 'ECONNRESET'] })),
    strategy: 'immediate hang-up (quiet)',
  },
  {
    name: 'each answer announces close',
    quiet: announced,
    busy: [...announced, finished],
    strategy: 'one more message',
  },
  { name: '503', quiet: rejected, busy: [...rejected, finished], strategy: 'rejects' },
  {
    name: 'no answer and no end',
    quiet: idleThat(() => ({})),
    busy: [...idleThat(() => ({})), finished],
    strategy: 'swallows',
  },
  {
    name: 'an end long after the request',
    quiet: idleThat((atMs) => ({ end: [atMs + 200, 'ECONNRESET'] })),
    strategy: 'swallows (quiet)',
  },
  {
    name: 'left open until a request comes, and then closed',
    quiet: idleThat((atMs) => ({ end: [Math.min(atMs + 1, 1450), 'FIN'] })),
    process: { exit: { atMs: 1500 }, listenerClosedMs: 2 },
    strategy: 'swallows (quiet)',
  },
  {
    name: 'the same, busy, where the answer to a request in flight does not announce it either',
    quiet: hungUp,
    busy: [...idleThat((atMs) => ({ end: [Math.min(atMs + 1, 1450), 'FIN'] })), keptThenClosed],
    process: { exit: { atMs: 1500 }, listenerClosedMs: 2 },
    strategy: 'immediate hang-up (quiet), swallows (busy)',
  },
  {
    name: 'no answer until SIGKILL',
    quiet: idleThat(() => ({ end: [15_001, 'ECONNRESET'] })),
    process: killed,
    strategy: 'swallows (quiet)',
  },
  {
    name: 'an exit that ends all: idle connections, and in another session requests in flight',
    quiet: hungUp,
    busy: [...hungUp, cut],
    process: { exit: { atMs: 4 } },
    strategy: 'cuts in flight',
  },
  {
    name: 'requests in flight are cut, and no idle connection is there to show anything',
    quiet: hungUp,
    busy: [cut],
    strategy: 'cuts in flight',
  },
  {
    name: 'served as before until SIGKILL, having stopped listening',
    quiet: served,
    busy: [...served, kept],
    process: { ...killed, listenerClosedMs: 2 },
    strategy: 'waits for clients',
  },
  {
    name: 'served as before until SIGKILL, without any reaction',
    quiet: served,
    busy: [...served, kept],
    process: killed,
    strategy: 'ignores SIGTERM',
  },
  {
    name: 'the same where connections are closed because they are idle',
    quiet: [...served, { state: 'idle', end: [5000, 'FIN'] }],
    busy: [...served, kept],
    process: killed,
    strategy: 'ignores SIGTERM',
  },
  {
    name: 'killed, after it had closed idle connections at once',
    quiet: hungUp,
    busy: [...hungUp, finished],
    process: killed,
    strategy: 'immediate hang-up',
  },
  {
    name: 'every answer closes, also before SIGTERM',
    quiet: noKeepAlive,
    busy: [...noKeepAlive, finished],
    strategy: 'no keep-alive',
  },
  {
    name: 'the same without announcing it',
    quiet: idleThat(() => ({ sentMs: null, end: [-299, 'FIN'] })),
    strategy: 'no keep-alive (quiet)',
  },
  {
    name: 'no keep-alive, and what waited in its queue is lost',
    quiet: noKeepAlive,
    busy: [...noKeepAlive, finished, cut],
    strategy: 'no keep-alive',
  },
  {
    name: 'no keep-alive, and all in flight is lost',
    quiet: noKeepAlive,
    busy: [...noKeepAlive, cut],
    strategy: 'mixed: cuts in flight + no keep-alive',
  },
  {
    name: 'an answer, and the end without a word',
    quiet: idleThat((atMs) => ({ answer: ok, end: [atMs + 2, 'FIN'] })),
    strategy: 'mixed: closes after an unannounced answer (quiet)',
  },
])('$name: $strategy', (row) => {
  expect(strategyOf(row)).toBe(row.strategy);
});

test.each<Row>([
  {
    name: 'old idle connections are closed, young ones get 503',
    quiet: [
      ...rejected.filter(({ state }) => state === 'idle'),
      ...hungUp.filter(({ state }) => state === 'idle-long'),
    ],
    strategy: 'mixed: immediate hang-up + rejects (quiet)',
  },
  {
    name: 'every second request is rejected',
    quiet: moments.flatMap((_, index) => [announced[2 * index]!, rejected[2 * index + 1]!]),
    strategy: 'mixed: one more message + rejects (quiet)',
  },
  {
    name: 'rejects, and cuts what is in flight',
    quiet: rejected,
    busy: [...rejected, cut],
    strategy: 'mixed: rejects + cuts in flight',
  },
  {
    name: 'another strategy when busy',
    quiet: hungUp,
    busy: [...announced, finished],
    strategy: 'immediate hang-up (quiet), one more message (busy)',
  },
  {
    name: 'mixed only when busy',
    quiet: announced,
    busy: [
      ...announced.filter(({ state }) => state === 'idle'),
      ...hungUp.filter(({ state }) => state === 'idle-long'),
      finished,
    ],
    strategy: 'one more message (quiet), mixed: immediate hang-up + one more message (busy)',
  },
  {
    name: 'who hangs up does so after an answer as well',
    quiet: hungUp,
    busy: [...hungUp, keptThenClosed],
    strategy: 'immediate hang-up',
  },
  {
    name: 'announced to all but the requests in flight',
    quiet: announced,
    busy: [...announced, keptThenClosed],
    strategy: 'mixed: one more message + closes after an unannounced answer',
  },
  {
    name: 'one connection of many proves a part',
    quiet: [...announced, { state: 'idle', actsAfterMs: 400, answer: unavailable }],
    strategy: 'mixed: one more message + rejects (quiet)',
  },
  {
    name: 'killed, and some are served as before after others were told to go',
    quiet: [...announced, { state: 'idle', actsAfterMs: 1500, answer: ok }],
    process: { ...killed, listenerClosedMs: 2 },
    strategy: 'mixed: one more message + waits for clients (quiet)',
  },
])('contradictory: $name: $strategy', (row) => {
  expect(strategyOf(row)).toBe(row.strategy);
});

test.each<Row>([
  {
    name: 'a slow process serves at first, and then hangs up',
    quiet: idleThat((atMs) => (atMs <= 50 ? { answer: ok, end: [90, 'FIN'] } : { end: [90, 'FIN'] })),
    strategy: 'immediate hang-up (quiet)',
  },
  {
    name: 'or then announces close, and has to be killed',
    quiet: idleThat((atMs) => (atMs <= 50 ? { answer: ok } : { answer: okAndClose })),
    process: { ...killed, listenerClosedMs: 2 },
    strategy: 'one more message (quiet)',
  },
  {
    name: 'what was sent before the reaction does not count',
    quiet: idleThat((atMs) => ({ end: [atMs === 5 ? 35 : 36, 'FIN'] })),
    process: { listenerClosedMs: 40 },
    strategy: 'immediate hang-up (quiet)',
  },
  {
    name: 'an answer while all is being closed',
    quiet: idleThat((atMs) => (atMs === 5 ? { answer: unavailable, end: [8, 'FIN'] } : { end: [30, 'FIN'] })),
    process: { exit: { atMs: 50 }, listenerClosedMs: 2 },
    strategy: 'immediate hang-up (quiet)',
  },
  {
    name: 'closed at the end of a drain in which others got an answer',
    busy: [
      ...idleThat((atMs) =>
        atMs < 1500 ? { answer: okAndClose, end: [atMs + 2, 'FIN'] } : { end: [1402, 'FIN'] },
      ),
      finished,
    ],
    process: { exit: { atMs: 1410 } },
    strategy: 'one more message (busy)',
  },
  {
    name: 'served as before until the process ends by itself',
    quiet: [...idleThat((atMs) => ({ answer: ok, end: [Math.max(atMs, 2000), 'FIN'] })), silent],
    process: { exit: { atMs: 2001 } },
    strategy: 'immediate hang-up (quiet)',
  },
  {
    name: 'the same where it goes on listening until then',
    quiet: [...idleThat(() => ({ answer: ok, end: [2000, 'FIN'] })), silent],
    process: { exit: { atMs: 2003 }, listenerClosedMs: 2001 },
    strategy: 'immediate hang-up (quiet)',
  },
])('order of time: $name: $strategy', (row) => {
  expect(strategyOf(row)).toBe(row.strategy);
});

test.each<Row>([
  { name: 'no session', strategy: 'unknown' },
  { name: 'no idle connection', quiet: [{ state: 'unused' }], strategy: 'unknown' },
  {
    name: 'none was reached',
    quiet: idleThat(() => ({ prepared: undefined, sentMs: null })),
    strategy: 'unknown',
  },
  {
    name: 'not enough for a process that was killed to have ignored SIGTERM',
    quiet: served.filter(({ actsAfterMs }) => actsAfterMs! < 1500),
    process: killed,
    strategy: 'waits for clients (quiet)',
  },
  { name: 'quiet sessions alone', quiet: announced, strategy: 'one more message (quiet)' },
  { name: 'busy sessions alone', busy: [...announced, finished], strategy: 'one more message (busy)' },
])('partial: $name: $strategy', (row) => {
  expect(strategyOf(row)).toBe(row.strategy);
});

test('each part names the connections that prove it, of every repetition', () => {
  const session = (repetition: number, connections: SyntheticConnection[]) =>
    syntheticSession({ repetition, connections, listenerClosedMs: 2 });
  const { parts, strategy } = analyseProbe([
    session(1, announced.slice(0, 2)),
    session(2, [announced[0]!, rejected[1]!]),
  ]);
  expect(strategy).toBe('mixed: one more message + rejects (quiet)');
  expect(parts).toEqual([
    {
      label: 'one more message',
      condition: 'quiet',
      evidence: ['quiet-idle.1#0', 'quiet-idle.1#1', 'quiet-idle.2#0'],
    },
    { label: 'rejects', condition: 'quiet', evidence: ['quiet-idle.2#1'] },
  ]);
});

test('a session that is not whole is told and counts for nothing', () => {
  const whole = syntheticSession({ connections: announced, listenerClosedMs: 2 });
  const rest = syntheticSession({ repetition: 2, connections: rejected });
  const findings = analyseProbe([
    whole,
    {
      ...rest,
      problems: [
        { type: 'problem', atMs: 6000, code: 'interrupted', detail: 'The session was interrupted.' },
      ],
    },
    { ...rest, process: rest.process.filter(({ event }) => event !== 'exited') },
    { ...rest, damaged: ['line 7: cut'] },
    { ...rest, process: [] },
  ]);
  expect(findings.strategy).toBe('one more message (quiet)');
  expect(findings.sessions).toHaveLength(5);
  expect(findings.invalid).toEqual([
    'quiet-idle.2: The session was interrupted.',
    'quiet-idle.2: the record has no end of the process',
    'quiet-idle.2: the record is damaged: line 7: cut',
    'quiet-idle.2: the record has no SIGTERM',
  ]);
});
