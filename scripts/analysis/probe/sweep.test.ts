import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.ts';
import { probeSchema, type ProbeConnectionRecord, type ProbeSession } from '../../timeline/probe-records.ts';
import { analyseSweep } from './sweep.ts';

/** Session time of SIGTERM. */
const sigtermMs = 1000;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const unavailable = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';
const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx';

/** What the server does with the request that a connection sends at its moment. */
type Answer = 'served' | 'FIN' | 'RST' | 'rejected' | 'nothing' | 'closed before' | 'not ready';

interface Moment {
  plannedMs: number;
  /** Defaults to the planned time. */
  sentMs?: number;
  answer?: Answer;
}

/** A sweep with these moments, all from SIGTERM. */
function sweep(moments: readonly Moment[], session = 'sweep', repetition = 1): ProbeSession {
  return {
    header: {
      type: 'header',
      schema: probeSchema,
      variant: 'toy/bare',
      session,
      condition: 'quiet',
      repetition,
      started: '2026-01-01T00:00:00.000Z',
      pid1: true,
      graceMs: 15_000,
      connections: moments.map(({ plannedMs }, id) => ({ id, state: 'idle', actsAfterMs: plannedMs })),
    },
    process: [
      { type: 'process', atMs: 0, event: 'answering' },
      { type: 'process', atMs: sigtermMs, event: 'sigterm' },
      { type: 'process', atMs: sigtermMs + 3000, event: 'sigkill', detail: 'session over' },
      { type: 'process', atMs: sigtermMs + 3010, event: 'exited', exitCode: null, signal: 'SIGKILL' },
    ],
    problems: [],
    events: moments.flatMap(eventsOf).sort((a, b) => a[1] - b[1]),
    damaged: [],
  };
}

function eventsOf(
  { plannedMs, sentMs = plannedMs, answer = 'served' }: Moment,
  id: number,
): ProbeConnectionRecord[] {
  const atMs = sigtermMs + sentMs;
  const before: ProbeConnectionRecord[] = [
    ['dial', 100, id],
    ['connected', 101, id],
    ['sent', 102, id, 'request', request],
  ];
  if (answer === 'not ready') return before;
  const ready: ProbeConnectionRecord[] = [...before, ['received', 103, id, ok]];
  if (answer === 'closed before') return [...ready, ['fin', Math.max(sigtermMs + 0.5, atMs - 1), id]];
  return [...ready, ['sent', atMs, id, 'request', request], ...answersOf(answer, atMs + 1, id)];
}

function answersOf(answer: Answer, atMs: number, id: number): ProbeConnectionRecord[] {
  if (answer === 'FIN') return [['fin', atMs, id]];
  if (answer === 'RST') return [['error', atMs, id, 'ECONNRESET']];
  if (answer === 'nothing') return [];
  return [['received', atMs, id, answer === 'rejected' ? unavailable : ok]];
}

/** Moments evenly from −20 to 20 ms. */
function evenly(count: number, answerAt: (offsetMs: number) => Answer = () => 'served'): Moment[] {
  return Array.from({ length: count }, (_, index) => {
    const plannedMs = -20 + (40 * index) / (count - 1);
    return { plannedMs, answer: answerAt(plannedMs) };
  });
}

const within = (fromMs: number, toMs: number, lost: Answer) => (offsetMs: number) =>
  offsetMs >= fromMs && offsetMs < toMs ? lost : 'served';

describe('what counts as lost', () => {
  test.each<{ name: string; answer: Answer; byOutcome: object; counts: [sent: number, closed: number] }>([
    { name: 'served', answer: 'served', byOutcome: {}, counts: [5, 0] },
    { name: 'FIN', answer: 'FIN', byOutcome: { 'lost by FIN': 1 }, counts: [5, 0] },
    { name: 'RST', answer: 'RST', byOutcome: { 'lost by RST': 1 }, counts: [5, 0] },
    { name: 'never answered', answer: 'nothing', byOutcome: { 'never answered': 1 }, counts: [5, 0] },
    { name: 'rejected', answer: 'rejected', byOutcome: { rejected: 1 }, counts: [5, 0] },
    { name: 'closed in time', answer: 'closed before', byOutcome: {}, counts: [4, 1] },
    { name: 'not ready', answer: 'not ready', byOutcome: {}, counts: [4, 0] },
  ])('$name', ({ answer, byOutcome, counts }) => {
    const found = analyseSweep([sweep(evenly(5, within(10, 15, answer)))]);
    expect(found).toMatchObject({ byOutcome, invalid: [], notReached: answer === 'not ready' ? 1 : 0 });
    expect([found.sent, found.closedBefore]).toEqual(counts);
  });

  test('losses by the time at which they were really sent', () => {
    const moments: Moment[] = [
      { plannedMs: 3, sentMs: 4.5, answer: 'RST' },
      { plannedMs: -20 },
      { plannedMs: -0.5, sentMs: -0.25, answer: 'FIN' },
      { plannedMs: 20 },
    ];
    expect(analyseSweep([sweep(moments)])).toMatchObject({
      losses: [
        { offsetMs: -0.25, outcome: 'lost by FIN' },
        { offsetMs: 4.5, outcome: 'lost by RST' },
      ],
      spanMs: 40,
      longestGapMs: 19.75,
    });
  });
});

describe('the window', () => {
  test('nothing lost: no estimate, but the smallest window that would have been found', () => {
    const found = analyseSweep([sweep(evenly(400))]);
    expect(found).toMatchObject({
      variant: 'toy/bare',
      terminations: 1,
      sent: 400,
      losses: [],
      window: null,
    });
    // (1 − 0.05^(1/400)) × 40 ms
    expect(found.smallestWindowMs).toBeCloseTo(0.2985, 3);
    expect(found.longestGapMs).toBeCloseTo(0.1, 2);
  });

  test.each([
    { name: '1 ms', answerAt: within(0.2, 1.2, 'FIN'), ms: 1 },
    { name: '20 ms', answerAt: within(0, 20.1, 'RST'), ms: 20 },
    {
      name: '2 ms and then every connection closed',
      answerAt: (offsetMs: number): Answer =>
        offsetMs < 0 ? 'served' : offsetMs < 2 ? 'FIN' : 'closed before',
      ms: 2,
    },
  ])('$name', ({ answerAt, ms }) => {
    const { window } = analyseSweep([sweep(evenly(400, answerAt))]);
    expect(window!.estimateMs).toBeGreaterThan(ms * 0.9);
    expect(window!.estimateMs).toBeLessThan(ms * 1.15);
    expect(window!.lowerMs).toBeLessThan(ms);
    expect(window!.upperMs).toBeGreaterThan(ms);
  });

  test('times come from what was sent, not from the plan', () => {
    const wider = evenly(400).map(({ plannedMs }) => ({ plannedMs, sentMs: plannedMs * 1.2 }));
    const found = analyseSweep([sweep(wider)]);
    expect(found.spanMs).toBeCloseTo(48, 3);
    expect(found.smallestWindowMs).toBeCloseTo(1.2 * 0.2985, 3);
    expect(found.sendErrorP99Ms).toBeCloseTo(3.96, 1);
  });

  test('what was not sent while the machine was busy was not looked for', () => {
    const stalled = evenly(400).map(({ plannedMs }) => ({
      plannedMs,
      sentMs: plannedMs > 0 && plannedMs < 4.5 ? 4.5 : plannedMs,
    }));
    const found = analyseSweep([sweep(stalled)]);
    expect(found.invalid).toEqual([]);
    expect(found.longestGapMs).toBeCloseTo(4.55, 2);
    // Of a window of 2.55 ms, 5 % of the places in 40 ms lie in the gap of 4.55 ms.
    expect(found.smallestWindowMs).toBeCloseTo(2.55, 1);
    const { smallestWindowMs } = analyseSweep([sweep(stalled), sweep(evenly(400), 'sweep', 2)]);
    expect(smallestWindowMs).toBeLessThan(0.2);
  });

  test('what each sweep alone estimates is told beside what they say together', () => {
    const { singleMs } = analyseSweep([
      sweep(evenly(400, within(0, 2, 'FIN'))),
      sweep(evenly(400), 'sweep', 2),
    ]);
    expect(singleMs).toEqual([expect.closeTo(2, 0), 0]);
  });

  test('several sweeps find smaller windows and narrow the interval', () => {
    const one = sweep(evenly(400, within(0, 2, 'FIN')));
    const [once, thrice] = [analyseSweep([one]), analyseSweep([one, one, one])];
    expect(thrice).toMatchObject({ terminations: 3, sent: 1200, spanMs: 40 });
    expect(thrice.window!.estimateMs).toBeCloseTo(once.window!.estimateMs, 6);
    expect(thrice.window!.lowerMs).toBeGreaterThan(once.window!.lowerMs);
    expect(thrice.window!.upperMs).toBeLessThan(once.window!.upperMs);
    expect(thrice.smallestWindowMs).toBeCloseTo(once.smallestWindowMs! / 3, 2);
  });

  test('sweeps of different spans count by their density', () => {
    const narrow = sweep(evenly(400).map(({ plannedMs }) => ({ plannedMs: plannedMs / 2 })));
    const { smallestWindowMs } = analyseSweep([sweep(evenly(400)), narrow]);
    // 10 + 20 moments in a millisecond.
    expect(smallestWindowMs).toBeCloseTo(Math.log(20) / 30, 2);
  });
});

test('at random moments the interval holds the window, and a window of the smallest size is found', () => {
  const random = seededRandom(7);
  let [held, found] = [0, 0];
  const sweeps = 150;
  for (let count = 0; count < sweeps; count += 1) {
    const moments = (windowMs: number) =>
      Array.from({ length: 40 }, () => random() * 40 - 20).map((plannedMs) => ({
        plannedMs,
        answer: within(0, windowMs, 'FIN')(plannedMs),
      }));
    const { window } = analyseSweep([sweep(moments(5))]);
    if (window !== null && window.lowerMs <= 5 && window.upperMs >= 5) held += 1;
    if (analyseSweep([sweep(moments(2.89))]).window !== null) found += 1;
  }
  expect(held / sweeps).toBeGreaterThan(0.9);
  // (1 − 0.05^(1/40)) × 40 ms is 2.89 ms.
  expect(found / sweeps).toBeGreaterThan(0.9);
  expect(found / sweeps).toBeLessThan(0.99);
});

test('every loss is listed, in order, and the estimate lies in its interval', () => {
  const answers = fc.constantFrom<Answer>('served', 'FIN', 'RST', 'rejected', 'nothing', 'closed before');
  fc.assert(
    fc.property(fc.array(answers, { minLength: 2, maxLength: 40 }), (list) => {
      const moments = evenly(list.length).map(({ plannedMs }, index) => ({
        plannedMs,
        answer: list[index]!,
      }));
      // Before SIGTERM no server closes a connection.
      const found = analyseSweep([
        sweep(moments.filter(({ plannedMs, answer }) => plannedMs > 0 || answer !== 'closed before')),
      ]);
      const offsets = found.losses.map(({ offsetMs }) => offsetMs);
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      expect(Object.values(found.byOutcome).reduce((total, count) => total + count, 0)).toBe(offsets.length);
      expect(found.window === null).toBe(offsets.length === 0 || found.terminations === 0);
      if (found.window === null) return;
      expect(found.window.lowerMs).toBeLessThanOrEqual(found.window.estimateMs);
      expect(found.window.upperMs).toBeGreaterThanOrEqual(found.window.estimateMs);
    }),
  );
});

describe('from what nothing follows', () => {
  const whole = sweep(evenly(5));
  const withoutSigterm = whole.process.filter(({ event }) => event !== 'sigterm');
  test.each<{ name: string; sessions: ProbeSession[]; invalid: string[] }>([
    { name: 'no session', sessions: [], invalid: ['there was no sweep'] },
    { name: 'another session', sessions: [sweep([], 'quiet-idle')], invalid: ['there was no sweep'] },
    {
      name: 'no SIGTERM',
      sessions: [{ ...whole, process: withoutSigterm }],
      invalid: ['sweep 1: there was no SIGTERM'],
    },
    {
      name: 'interrupted',
      sessions: [
        { ...whole, problems: [{ type: 'problem', atMs: 5, code: 'interrupted', detail: 'by Ctrl+C' }] },
      ],
      invalid: ['sweep 1: interrupted: by Ctrl+C'],
    },
    {
      name: 'damaged',
      sessions: [{ ...whole, damaged: ['line 7: no JSON'] }],
      invalid: ['sweep 1: 1 line of its record cannot be read'],
    },
    {
      name: 'no connection was ready',
      sessions: [sweep(evenly(5, () => 'not ready'))],
      invalid: ['sweep 1: no request was sent around SIGTERM'],
    },
    {
      name: 'requests were sent in bursts',
      sessions: [
        sweep(evenly(41).map(({ plannedMs }) => ({ plannedMs, sentMs: Math.ceil(plannedMs / 10) * 10 }))),
      ],
      invalid: ['sweep 1: its requests were sent up to 9.0 ms from their moment: the machine was too busy'],
    },
    {
      name: 'everything was sent too late',
      sessions: [sweep(evenly(5).map(({ plannedMs }) => ({ plannedMs, sentMs: plannedMs + 30 })))],
      invalid: ['sweep 1: no request was sent around SIGTERM'],
    },
  ])('$name', ({ sessions, invalid }) => {
    expect(analyseSweep(sessions)).toMatchObject({
      terminations: 0,
      sent: 0,
      spanMs: null,
      sendErrorP99Ms: null,
      losses: [],
      window: null,
      smallestWindowMs: null,
      longestGapMs: null,
      invalid,
    });
  });

  test('an invalid sweep is left out of the figures of the others', () => {
    const lossy = {
      ...sweep(
        evenly(5, () => 'RST'),
        'sweep',
        2,
      ),
      process: withoutSigterm,
    };
    expect(analyseSweep([whole, lossy])).toMatchObject({
      terminations: 1,
      sent: 5,
      losses: [],
      invalid: ['sweep 2: there was no SIGTERM'],
    });
  });
});
