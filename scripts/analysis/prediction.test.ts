import { describe, expect, test } from 'vitest';
import { contradictionOf, predict, type Prediction, type PredictionConditions } from './prediction.ts';
import type { Arrival, PartLabel, ProbeFindings } from './probe/model.ts';

const conditions: Record<string, PredictionConditions> = {
  naive: { preStopMs: 0, requestDelayMs: 0, propagationDelayMs: 500 },
  prestop: { preStopMs: 2000, requestDelayMs: 0, propagationDelayMs: 500 },
  slow: { preStopMs: 2000, requestDelayMs: 200, propagationDelayMs: 500 },
  'a hook that is too short': { preStopMs: 400, requestDelayMs: 200, propagationDelayMs: 500 },
  'a hook as long as the delay, slow requests': {
    preStopMs: 500,
    requestDelayMs: 200,
    propagationDelayMs: 500,
  },
};

const arrival = (afterMs: number, served: boolean, change: Partial<Arrival> = {}): Arrival => ({
  condition: 'quiet',
  afterMs,
  served,
  beforeReaction: false,
  evidence: `quiet-late.1#${afterMs / 100}`,
  ...change,
});

const busy = { condition: 'busy' } as const;

function probe(
  labels: readonly (PartLabel | [PartLabel, 'busy'])[],
  arrivals: readonly Arrival[] = [],
): ProbeFindings {
  return {
    variant: 'toy/server',
    strategy: 'any',
    byRepetition: {},
    parts: labels.map((label) => ({
      label: Array.isArray(label) ? label[0] : label,
      condition: Array.isArray(label) ? 'busy' : 'quiet',
      evidence: ['quiet-idle.1#3'],
    })),
    inFlight: 'served',
    late: '',
    arrivals: [...arrivals],
    drainBound: { bounds: ['nothing'], text: '' },
    exits: [],
    states: [],
    sessions: [],
    invalid: [],
  };
}

const refused = [arrival(0, true, { beforeReaction: true }), arrival(100, false), arrival(200, false)];
const served = [arrival(100, true), arrival(400, true), arrival(600, false)];

describe('new connections', () => {
  test.each<{ name: string; scenario: string; arrivals: Arrival[]; expected: Prediction | undefined }>([
    { name: 'nobody listens', scenario: 'naive', arrivals: refused, expected: 'loses' },
    { name: 'served for long enough', scenario: 'naive', arrivals: served, expected: 'no loss' },
    {
      name: 'one of them is lost',
      scenario: 'naive',
      arrivals: [...served, arrival(450, false)],
      expected: 'loses',
    },
    { name: 'none was tried', scenario: 'naive', arrivals: [], expected: undefined },
    {
      name: 'only those before the reaction were served',
      scenario: 'naive',
      arrivals: [arrival(0, true, { beforeReaction: true })],
      expected: undefined,
    },
    { name: 'with a hook none comes', scenario: 'prestop', arrivals: refused, expected: 'no loss' },
    { name: 'with a hook none is in flight', scenario: 'slow', arrivals: refused, expected: 'no loss' },
    {
      name: 'slow requests are compared with busy ones',
      scenario: 'a hook that is too short',
      arrivals: [arrival(0, true), arrival(50, false, busy)],
      expected: 'loses',
    },
  ])('$name: $scenario: $expected', ({ scenario, arrivals, expected }) => {
    const found = predict(
      probe(['one more message'], arrivals),
      conditions[scenario] as PredictionConditions,
    );
    expect(found.fresh?.prediction).toBe(expected);
  });

  test('that are in flight at SIGTERM are cut by a server that cuts', () => {
    const scenario = conditions['a hook as long as the delay, slow requests'] as PredictionConditions;
    expect(predict(probe([['cuts in flight', 'busy']]), scenario).fresh?.prediction).toBe('may lose');
    expect(predict(probe(['one more message']), scenario).fresh?.prediction).toBe('no loss');
  });
});

describe('persistent connections', () => {
  test.each<{
    label: PartLabel | [PartLabel, 'busy'];
    prestop: Prediction | undefined;
    slow: Prediction | undefined;
  }>([
    { label: 'one more message', prestop: 'no loss', slow: 'no loss' },
    { label: 'immediate hang-up', prestop: 'may lose', slow: 'may lose' },
    { label: 'closes after an unannounced answer', prestop: 'may lose', slow: 'may lose' },
    { label: 'rejects', prestop: 'loses', slow: 'loses' },
    { label: ['rejects', 'busy'], prestop: 'may lose', slow: 'loses' },
    { label: 'swallows', prestop: 'loses', slow: 'loses' },
    { label: ['cuts in flight', 'busy'], prestop: 'may lose', slow: 'loses' },
    { label: 'ignores SIGTERM', prestop: 'may lose', slow: 'loses' },
    { label: ['waits for clients', 'busy'], prestop: 'may lose', slow: 'loses' },
    { label: 'no keep-alive', prestop: undefined, slow: undefined },
  ])('$label: prestop $prestop, slow $slow', ({ label, prestop, slow }) => {
    const of = (scenario: string) =>
      predict(probe([label]), conditions[scenario] as PredictionConditions).persistent?.prediction;
    expect({ prestop: of('prestop'), slow: of('slow') }).toEqual({ prestop, slow });
  });

  test('the worst part counts', () => {
    const found = predict(
      probe(['one more message', 'rejects']),
      conditions['prestop'] as PredictionConditions,
    );
    expect(found.persistent).toMatchObject({ prediction: 'loses', evidence: ['quiet-idle.1#3'] });
  });

  test('are made anew after a close, and may then be refused', () => {
    const found = predict(probe(['one more message'], refused), conditions['naive'] as PredictionConditions);
    expect(found.persistent?.prediction).toBe('may lose');
  });

  test('of which nothing is known are not predicted', () => {
    expect(predict(probe([]), conditions['prestop'] as PredictionConditions).persistent).toBeUndefined();
  });
});

test('a probe that is not whole predicts nothing', () => {
  const broken = { ...probe(['rejects'], refused), invalid: ['quiet-idle.1: interrupted'] };
  expect(predict(broken, conditions['naive'] as PredictionConditions)).toEqual({});
});

describe('a contradiction', () => {
  const seen = { lost: 4, of: 400, mainClass: 'eof' } as const;
  const predicted = (prediction: Prediction) => ({ prediction, because: 'reasons', evidence: ['a.1#1'] });
  test.each([
    { prediction: 'no loss', verdict: 'loses', contradicts: true },
    { prediction: 'no loss', verdict: 'loses sometimes', contradicts: true },
    { prediction: 'no loss', verdict: 'no loss seen', contradicts: false },
    { prediction: 'loses', verdict: 'no loss seen', contradicts: true },
    { prediction: 'loses', verdict: 'loses sometimes', contradicts: false },
    { prediction: 'loses', verdict: 'invalid', contradicts: false },
    { prediction: 'no loss', verdict: 'n/a', contradicts: false },
    { prediction: 'may lose', verdict: 'loses', contradicts: false },
    { prediction: 'may lose', verdict: 'no loss seen', contradicts: false },
  ] as const)('$prediction against $verdict: $contradicts', ({ prediction, verdict, contradicts }) => {
    const text = contradictionOf(predicted(prediction), { ...seen, verdict });
    expect(text !== null).toBe(contradicts);
  });

  test('names what the probe saw and what the load lost', () => {
    expect(contradictionOf(predicted('no loss'), { ...seen, verdict: 'loses' })).toBe(
      'the probe predicts no loss, as reasons (a.1#1); the load lost 4 of 400 (eof)',
    );
  });
});

test('where nobody knows how long new connections come, nothing is said that depends on it', () => {
  const unknown = { ...conditions['naive']!, propagationDelayMs: null };
  expect(predict(probe(['immediate hang-up'], refused), unknown)).toEqual({
    persistent: expect.objectContaining({ prediction: 'may lose' }) as unknown,
  });
  expect(predict(probe(['one more message'], served), unknown)).toEqual({});
});
