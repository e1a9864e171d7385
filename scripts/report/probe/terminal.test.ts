import { describe, expect, test } from 'vitest';
import type { SweepFindings } from '../../analysis/probe/sweep.ts';
import { renderStates } from './states.ts';
import { renderSweep } from './sweep.ts';
import { renderProbe } from './terminal.ts';
import { findings, probeInfo, session, state } from './testing/findings.ts';

const plain = { colour: false };

test('a probe is shown whole', () => {
  expect(renderProbe(probeInfo(), findings(), plain)).toBe(`toy/server
  Toy 1.0.0 on Node.js http: server.close() on SIGTERM

What was seen (milliseconds from SIGTERM)
  quiet-idle  first reaction at +1.2: it stopped listening; stopped listening at +1.2; exit code 0 at +403
    idle  +50 ms  1 ×  sent +50.2, 200 +51.2  served

States (connections by what they met)
  state  acts    quiet     busy
  idle   +50 ms  3 served  –

Strategy: one more message
  one more message (quiet)  2 connections: quiet-idle.1 #0–#1
  in flight        served
  new connections  refused
  drain            waits for requests in flight
  exit             exit code 0
`);
});

describe('a probe says', () => {
  test.each<[string, string]>([
    ['Interrupted: only what', renderProbe(probeInfo({ interrupted: true }), findings(), plain)],
    ['The pods were not PID 1', renderProbe(probeInfo({ pid1: false }), findings(), plain)],
    ['nobody was idle', renderProbe(probeInfo(), findings({ invalid: ['nobody was idle'] }), plain)],
  ])('%s', (words, text) => expect(text).toContain(words));

  test('which states are unstable', () => {
    const states = [state({ outcomes: { served: 2, 'lost by RST': 1 }, stable: false, beforeReaction: 1 })];
    expect(renderProbe(probeInfo(), findings({ states }), plain)).toContain(
      'Unstable, not all connections met the same: quiet idle at +50 ms (1 acted before the first reaction)',
    );
  });

  test('with repetitions, what the first one saw, and the counts of all', () => {
    const sessions = [session(), session({ repetition: 2, reaction: 'something else' })];
    const text = renderProbe(probeInfo({ repeat: 2 }), findings({ sessions }), plain);
    expect(text).toContain('What was seen (milliseconds from SIGTERM, the first of 2 repetitions)');
    expect(text).not.toContain('something else');
  });

  test('which strategy each repetition shows by itself', () => {
    const byRepetition = { rejects: 1, 'one more message': 9 };
    expect(renderProbe(probeInfo({ repeat: 10 }), findings({ byRepetition }), plain)).toContain(
      'Strategy: one more message\n  9 of 10 repetitions alone: one more message\n  1 of 10 repetitions alone: rejects\n',
    );
  });
});

test('there are colours only where they are asked for', () => {
  const escape = '\u001B[';
  expect(renderProbe(probeInfo(), findings(), { colour: true })).toContain(escape);
  expect(renderProbe(probeInfo(), findings(), plain)).not.toContain(escape);
});

test('the table of states has quiet beside busy, and all new connections in one line', () => {
  const states = [
    state({ actsAfterMs: 5 }),
    state({ actsAfterMs: 5, condition: 'busy', outcomes: { 'closed before the request': 3 } }),
    state({ state: 'head', actsAfterMs: null, outcomes: { 'left open': 3 } }),
    state({ state: 'late', actsAfterMs: 0, outcomes: { served: 1 } }),
    state({ state: 'late', actsAfterMs: 100, outcomes: { refused: 1 } }),
    state({ state: 'late', actsAfterMs: 200, outcomes: { refused: 1 } }),
    state({ condition: 'busy', state: 'in-flight', actsAfterMs: null, next: { 'lost by FIN': 3 } }),
  ];
  expect(renderStates(states)).toEqual([
    'state           acts      quiet                busy',
    'idle            +5 ms     3 served             3 closed before the request',
    'head            never     3 left open          –',
    'late            any time  2 refused; 1 served  –',
    'in-flight                 –                    3 served',
    '  next request            –                    3 lost by FIN',
  ]);
});

describe('a sweep', () => {
  const sweep: SweepFindings = {
    variant: 'toy/server',
    terminations: 1,
    sent: 380,
    closedBefore: 20,
    notReached: 0,
    spanMs: 39.94,
    sendErrorP99Ms: 0.31,
    losses: [
      { offsetMs: 0.4, outcome: 'lost by FIN' },
      { offsetMs: 1.1, outcome: 'lost by RST' },
      { offsetMs: 1.2, outcome: 'lost by FIN' },
    ],
    byOutcome: { 'lost by FIN': 2, 'lost by RST': 1 },
    window: { estimateMs: 0.3, lowerMs: 0.06, upperMs: 0.87 },
    singleMs: [0.3],
    smallestWindowMs: 0.2981,
    longestGapMs: 1.02,
    invalid: [],
  };

  test('with losses shows when they were', () => {
    expect(renderSweep(probeInfo({ sweep: { connections: 400 } }), sweep, plain)).toBe(`toy/server
  Toy 1.0.0 on Node.js http: server.close() on SIGTERM

Sweep of idle connections around SIGTERM, 1 termination
  requests     380 sent within 39.9 ms around SIGTERM; 99 % of them less than 0.31 ms off their plan; 20 connections were closed before their request
  lost         2 lost by FIN; 1 lost by RST
  loss window  0.30 ms (95 %: 0.06 ms to 0.87 ms)
  power        a window of 0.30 ms would have been found with 95 %, and one of 1.02 ms wherever it is
  lost requests by the moment they were sent at (milliseconds from SIGTERM)
    0 to 1  1 lost by FIN
    1 to 2  1 lost by RST; 1 lost by FIN
`);
  });

  test('of several terminations says in how many something was lost', () => {
    const several = { ...sweep, terminations: 3, singleMs: [0.2, 0, 0.7] };
    expect(renderSweep(probeInfo(), several, plain)).toContain(
      'found in     2 of 3 terminations, alone 0.20 ms to 0.70 ms',
    );
  });

  test('without a loss says what it would have seen', () => {
    const none = { ...sweep, losses: [], byOutcome: {}, window: null };
    const text = renderSweep(probeInfo(), none, plain);
    expect(text).toContain('lost         none\n  loss window  none seen\n  power        a window of 0.30 ms');
    expect(text).not.toContain('lost requests');
  });

  test('from which nothing follows says why', () => {
    const none = { ...sweep, terminations: 0, sent: 0, losses: [], window: null, smallestWindowMs: null };
    const text = renderSweep(probeInfo(), { ...none, invalid: ['sweep 1: too busy'] }, plain);
    expect(text).toContain('0 terminations');
    expect(text).toContain('power        none\n  sweep 1: too busy');
  });
});
