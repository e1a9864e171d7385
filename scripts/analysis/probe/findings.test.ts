import { describe, expect, test } from 'vitest';
import { analyseProbe } from './findings.ts';
import type { ProbeFindings } from './model.ts';
import {
  ok,
  okAndClose,
  syntheticSession,
  unavailable,
  type SyntheticConnection,
  type SyntheticSession,
} from './testing/synthetic-probe.ts';

/** A probe in which no session has more than what is told of it. */
function probe(...sessions: SyntheticSession[]): ProbeFindings {
  return analyseProbe(sessions.map(syntheticSession));
}

const finished: SyntheticConnection = { state: 'in-flight', answer: okAndClose, end: [1401, 'FIN'] };
const cut: SyntheticConnection = { state: 'in-flight', end: [3, 'FIN'] };

describe('what holds the process', () => {
  /** One connection that stays silent to the end of the process, 'killed' or after so many milliseconds. */
  const silentFor = (state: 'idle' | 'head', endMs: number | 'killed'): SyntheticSession => ({
    session: state === 'idle' ? 'quiet-silent' : 'quiet-head-silent',
    exit: endMs === 'killed' ? endMs : { atMs: endMs },
    listenerClosedMs: 2,
    connections: [{ state, end: [endMs === 'killed' ? 15_001 : endMs, 'FIN'] }],
  });
  const silent = (endMs: number | 'killed') => silentFor('idle', endMs);
  const headSilent = (endMs: number | 'killed') => silentFor('head', endMs);
  const late = (endMs: number): SyntheticSession => ({
    session: 'quiet-late',
    exit: { atMs: endMs },
    listenerClosedMs: 2,
    connections: [{ state: 'late', actsAfterMs: 0, end: [0.1, 'ECONNREFUSED'] }],
  });
  const busy = (inFlight: SyntheticConnection, endMs: number): SyntheticSession => ({
    session: 'busy-idle',
    condition: 'busy',
    exit: { atMs: endMs },
    listenerClosedMs: 2,
    connections: [inFlight],
  });

  test.each<{ name: string; sessions: SyntheticSession[]; bounds: string[]; text: string }>([
    { name: 'no session', sessions: [], bounds: [], text: 'unknown' },
    {
      name: 'nothing',
      sessions: [silent(10), late(20), busy(cut, 5)],
      bounds: ['nothing'],
      text: 'ends at once, whatever is open (0.01 to 0.02 s)',
    },
    {
      name: 'requests in flight',
      sessions: [silent(10), late(10), busy(finished, 1410)],
      bounds: ['requests in flight'],
      text: 'waits for requests in flight (0.01 to 1.41 s)',
    },
    {
      name: 'requests in flight, although their clients are gone',
      sessions: [silent(10), late(10), busy(cut, 1410)],
      bounds: ['requests in flight'],
      text: 'waits for requests in flight that it has cut (0.01 to 1.41 s)',
    },
    {
      name: 'a half head that never ends, until SIGKILL',
      sessions: [silent(10), headSilent('killed'), late(10)],
      bounds: ['half-sent requests', 'SIGKILL'],
      text: 'waits for half-sent requests, and may need SIGKILL (0.01 s)',
    },
    {
      name: 'a half head, for a time',
      sessions: [silent(10), headSilent(5000), late(10)],
      bounds: ['half-sent requests', 'a time of its own'],
      text: 'waits for half-sent requests, and has a time of its own (0.01 to 5.00 s)',
    },
    {
      name: 'a half body that is completed',
      sessions: [
        silent(10),
        {
          session: 'quiet-body',
          exit: { atMs: 410 },
          listenerClosedMs: 2,
          connections: [{ state: 'body', actsAfterMs: 400, answer: okAndClose, end: [402, 'FIN'] }],
        },
      ],
      bounds: ['half-sent requests'],
      text: 'waits for half-sent requests (0.01 to 0.41 s)',
    },
    {
      name: 'open connections, for ever',
      sessions: [silent('killed'), late(10)],
      bounds: ['open connections', 'SIGKILL'],
      text: 'waits for open connections, and may need SIGKILL (0.01 s)',
    },
    {
      name: 'open connections, for a time',
      sessions: [silent(3000), late(10)],
      bounds: ['open connections', 'a time of its own'],
      text: 'waits for open connections, and has a time of its own (0.01 to 3.00 s)',
    },
    {
      name: 'a time that nothing shortens or extends',
      sessions: [silent(4010), late(4000), busy(finished, 4020)],
      bounds: ['a time of its own'],
      text: 'takes a time of its own (4.00 to 4.02 s)',
    },
    {
      name: 'requests in flight, and then a time of its own',
      sessions: [silent(2000), late(2000), busy(finished, 3400)],
      bounds: ['requests in flight', 'a time of its own'],
      text: 'waits for requests in flight, and has a time of its own (2.00 to 3.40 s)',
    },
    {
      name: 'nobody',
      sessions: [
        {
          exit: 'killed',
          connections: [{ state: 'idle', actsAfterMs: 1500, answer: ok, end: [15_001, 'FIN'] }],
        },
      ],
      bounds: ['SIGKILL'],
      text: 'never ends by itself',
    },
  ])('$name: $text', ({ sessions, bounds, text }) => {
    expect(probe(...sessions).drainBound).toEqual({ bounds, text });
  });
});

describe('what a new connection gets', () => {
  type Met = Omit<SyntheticConnection, 'state' | 'actsAfterMs'>;
  const refused = (atMs: number): Met => ({ end: [atMs + 0.1, 'ECONNREFUSED'] });
  const served = (): Met => ({ answer: ok });
  const reset = (atMs: number): Met => ({ end: [atMs + 0.5, 'ECONNRESET'] });
  const swallowed = (): Met => ({});
  /** One every 100 ms, beside a connection which shows that the server keeps connections open. */
  const lates = (
    met: ((atMs: number) => Met)[],
    process: Partial<SyntheticSession> = {},
  ): SyntheticSession => ({
    session: `${process.condition ?? 'quiet'}-late`,
    listenerClosedMs: 2,
    ...process,
    connections: [
      { state: 'idle' },
      ...met.map((meet, index) => ({
        state: 'late' as const,
        actsAfterMs: index * 100,
        ...meet(index * 100),
      })),
    ],
  });
  const killed = { exit: 'killed', listenerClosedMs: 15_001 } as const;

  test.each<{ name: string; sessions: SyntheticSession[]; text: string }>([
    { name: 'no session', sessions: [], text: 'unknown' },
    { name: 'refused from the start', sessions: [lates([refused, refused])], text: 'refused' },
    { name: 'served only before the reaction', sessions: [lates([served, refused])], text: 'refused' },
    { name: 'nothing after the reaction: it has exited', sessions: [lates([served])], text: 'refused' },
    {
      name: 'served for a time',
      sessions: [lates([served, served, served, refused], { listenerClosedMs: 260 })],
      text: 'served until 0.3 s, then refused',
    },
    { name: 'served until SIGKILL', sessions: [lates([served, served, served], killed)], text: 'served' },
    {
      name: 'one that met the end of the listener',
      sessions: [lates([served, served, reset, refused], { listenerClosedMs: 200 })],
      text: 'served until 0.3 s, then refused',
    },
    {
      name: 'accepted and reset until the exit',
      sessions: [lates([reset, reset, reset], { exit: { atMs: 290 }, listenerClosedMs: 280 })],
      text: 'accepted and reset until 0.3 s, then refused',
    },
    {
      name: 'never answered',
      sessions: [lates([swallowed, swallowed], killed)],
      text: 'accepted and never answered',
    },
    {
      name: 'rejected',
      sessions: [lates([() => ({ answer: unavailable }), () => ({ answer: unavailable }), refused])],
      text: 'rejected with 503 until 0.2 s, then refused',
    },
    {
      name: 'now this, now that',
      sessions: [
        lates(
          [served, reset, served, reset, served, reset].flatMap((met) => [met, met]),
          {
            listenerClosedMs: 1150,
            exit: { atMs: 1160 },
          },
        ),
      ],
      text: 'accepted and reset or served until 1.2 s, then refused',
    },
    {
      name: 'served until SIGKILL, which comes before the last answer',
      sessions: [
        {
          session: 'quiet-late',
          ...killed,
          connections: [
            { state: 'late', actsAfterMs: 14_800, answer: ok },
            { state: 'late', actsAfterMs: 14_900 },
          ],
        },
      ],
      text: 'served',
    },
    {
      name: 'at another time in another session',
      sessions: [
        lates([served, served, refused], { listenerClosedMs: 150 }),
        lates([served, served, served, served, refused], { condition: 'busy', listenerClosedMs: 350 }),
      ],
      text: 'served until 0.3 s, then refused',
    },
    {
      name: 'something else when busy',
      sessions: [
        lates([refused, refused]),
        lates([served, served, refused], { condition: 'busy', listenerClosedMs: 150 }),
      ],
      text: 'refused (quiet); served until 0.2 s, then refused (busy)',
    },
  ])('$name: $text', ({ sessions, text }) => {
    expect(probe(...sessions).late).toBe(text);
  });
});

test.each<{ name: string; inFlight: SyntheticConnection[]; text: string }>([
  { name: 'none', inFlight: [], text: 'unknown' },
  { name: 'finished', inFlight: [finished, finished], text: 'served, close announced' },
  { name: 'finished as before', inFlight: [{ state: 'in-flight', answer: ok }], text: 'served' },
  {
    name: 'cut by FIN and by RST',
    inFlight: [cut, { state: 'in-flight', end: [9, 'ECONNRESET'] }],
    text: 'cut',
  },
  { name: 'rejected', inFlight: [{ state: 'in-flight', answer: unavailable }], text: 'rejected with 503' },
  { name: 'some of them', inFlight: [cut, cut, finished], text: '2 cut, 1 served, close announced' },
  {
    name: 'too fast',
    inFlight: [{ state: 'in-flight', answer: ok, answeredMs: -90 }],
    text: 'not in flight at SIGTERM (answered 200 before SIGTERM)',
  },
])('requests in flight: $name: $text', ({ inFlight, text }) => {
  expect(probe({ condition: 'busy', connections: [...inFlight, { state: 'idle' }] }).inFlight).toBe(text);
});

test('every way to end, the most frequent first', () => {
  const connections: SyntheticConnection[] = [{ state: 'idle' }];
  const { exits } = probe(
    { exit: 'killed', connections },
    { exit: { atMs: 9, exitCode: 143 }, connections },
    { exit: { atMs: 8, exitCode: 143 }, connections },
    { exit: { atMs: 9, signal: 'SIGTERM' }, connections },
  );
  expect(exits).toEqual(['exit code 143 (ended by SIGTERM)', 'killed by the lab', 'ended by SIGTERM']);
});

test('each repetition has a strategy of its own', () => {
  const session = (repetition: number, answer: string): SyntheticSession => ({
    repetition,
    connections: [{ state: 'idle', actsAfterMs: 50, answer }],
    listenerClosedMs: 20,
  });
  const { strategy, byRepetition } = probe(
    session(1, okAndClose),
    session(2, okAndClose),
    session(3, unavailable),
  );
  expect(strategy).toBe('mixed: one more message + rejects (quiet)');
  expect(byRepetition).toEqual({ 'one more message (quiet)': 2, 'rejects (quiet)': 1 });
});

test('states take all repetitions together, and tell which differ and how many of them raced', () => {
  const session = (repetition: number, ...connections: SyntheticConnection[]): SyntheticSession => ({
    repetition,
    connections,
    listenerClosedMs: 20,
  });
  const early = { state: 'idle', actsAfterMs: 5 } as const;
  const later: SyntheticConnection = { state: 'idle', actsAfterMs: 50, end: [21, 'FIN'] };
  const { states } = probe(
    session(1, { ...early, answer: ok }, later),
    session(2, { ...early, end: [21, 'FIN'] }, later),
  );
  expect(states).toEqual([
    {
      condition: 'quiet',
      state: 'idle',
      actsAfterMs: 5,
      outcomes: { served: 1, 'lost by FIN': 1 },
      next: {},
      stable: false,
      beforeReaction: 2,
    },
    {
      condition: 'quiet',
      state: 'idle',
      actsAfterMs: 50,
      outcomes: { 'closed before the request': 2 },
      next: {},
      stable: true,
      beforeReaction: 0,
    },
  ]);
});
