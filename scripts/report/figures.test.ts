import { expect, test } from 'vitest';
import { boundText, drainText, falseAlarmText, lossText, percent } from './figures.ts';
import type { ColumnReport } from './model.ts';

const column = (change: Partial<ColumnReport>): ColumnReport => ({
  verdict: 'no loss seen',
  lost: 0,
  of: 2950,
  terminations: 5,
  terminationsWithLoss: 0,
  mainClass: null,
  byClass: {},
  bound: { kind: 'upper', upper: 0.4507 },
  repetitions: { valid: 1, withLoss: 0, all: 1 },
  reasons: [],
  byPhase: {},
  otherRates: [],
  predicted: null,
  contradiction: null,
  smallestWindowMs: null,
  ...change,
});

test.each([
  { name: 'zero has its bound', change: {}, text: '0/2950 (≤45 %)' },
  { name: 'zero without a termination', change: { bound: null }, text: '0/2950 (no termination)' },
  {
    name: 'loses',
    change: { verdict: 'loses' as const, lost: 12, of: 3021, mainClass: 'refused' as const },
    text: '12/3021 refused',
  },
  {
    name: 'loses sometimes',
    change: {
      verdict: 'loses sometimes' as const,
      lost: 3,
      mainClass: 'eof' as const,
      repetitions: { valid: 3, withLoss: 2, all: 3 },
    },
    text: '3/2950 eof 2 in 3',
  },
  { name: 'n/a', change: { verdict: 'n/a' as const }, text: 'n/a' },
  { name: 'another rate than that of the run', change: { otherRates: [10] }, text: '0/2950 (≤45 %) at 10/s' },
  {
    name: 'n/a at another rate',
    change: { verdict: 'n/a' as const, otherRates: [10] },
    text: 'n/a at 10/s',
  },
  {
    name: 'repetitions at different rates',
    change: { verdict: 'loses' as const, lost: 2, mainClass: 'eof' as const, otherRates: [10, 200] },
    text: '2/2950 eof at 10/s and 200/s',
  },
  { name: 'invalid', change: { verdict: 'invalid' as const }, text: 'invalid' },
])('cell: $name', ({ change, text }) => {
  expect(lossText(column(change))).toBe(text);
});

test('a cell that was not measured', () => {
  expect(lossText(undefined)).toBe('–');
});

test('shares have two significant digits', () => {
  expect([0.4507, 0.181, 0.0495, 0.00997, 1, 0.996].map(percent)).toEqual([
    '45 %',
    '18 %',
    '5.0 %',
    '1.0 %',
    '100 %',
    '100 %',
  ]);
  expect(boundText({ kind: 'interval', lower: 0.4781, upper: 1 })).toBe('48 % to 100 %');
});

test('drain', () => {
  expect(drainText(null)).toBe('–');
  expect(drainText({ shortest: 212, longest: 214 })).toBe('0.21 s');
  expect(drainText({ shortest: 12, longest: 15_002 })).toBe('0.01–15.0 s');
});

test('false alarms', () => {
  expect([null, 0, 1e-18, 0.0004].map(falseAlarmText)).toEqual(['–', '0', 'below 0.0001 %', '0.040 %']);
});
