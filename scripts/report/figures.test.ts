import { expect, test } from 'vitest';
import {
  boundText,
  drainText,
  falseAlarmText,
  lossParts,
  lossText,
  milliseconds,
  percent,
} from './figures.ts';
import type { ColumnReport } from './model.ts';

const column = (change: Partial<ColumnReport>): ColumnReport => ({
  verdict: 'no loss seen',
  lost: 0,
  of: 2950,
  terminations: 5,
  terminationsWithLoss: 0,
  mainClass: null,
  byClass: {},
  classes: { always: [], sometimes: [] },
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
      classes: { always: [], sometimes: ['eof' as const] },
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

const inThree = { repetitions: { valid: 3, withLoss: 3, all: 3 }, verdict: 'loses', lost: 104 } as const;

test.each<{ name: string; change: Partial<ColumnReport>; text: string }>([
  {
    name: 'one kind in each',
    change: { ...inThree, mainClass: 'refused', classes: { always: ['refused'], sometimes: [] } },
    text: '104/2950 refused',
  },
  {
    name: 'one in each, one in some',
    change: { ...inThree, mainClass: 'refused', classes: { always: ['refused'], sometimes: ['reset'] } },
    text: '104/2950 refused, sometimes reset',
  },
  {
    name: 'two in each, two in some',
    change: {
      ...inThree,
      mainClass: 'refused',
      classes: { always: ['refused', 'eof'], sometimes: ['reset', 'rejected'] },
    },
    text: '104/2950 refused + eof, sometimes reset + rejected',
  },
  {
    name: 'the main kind is not in each',
    change: { ...inThree, mainClass: 'eof', classes: { always: ['reset'], sometimes: ['eof'] } },
    text: '104/2950 reset, sometimes eof',
  },
  {
    name: 'none in each, though each lost something',
    change: { ...inThree, mainClass: 'eof', classes: { always: [], sometimes: ['eof', 'reset'] } },
    text: '104/2950 eof or reset',
  },
  {
    name: 'two kinds where only some lost anything',
    change: {
      ...inThree,
      verdict: 'loses sometimes',
      mainClass: 'eof',
      classes: { always: [], sometimes: ['eof', 'reset'] },
      repetitions: { valid: 3, withLoss: 2, all: 3 },
    },
    text: '104/2950 eof + reset 2 in 3',
  },
  {
    name: 'the rate belongs to the figures',
    change: {
      ...inThree,
      mainClass: 'eof',
      classes: { always: ['eof'], sometimes: ['reset'] },
      otherRates: [10],
    },
    text: '104/2950 eof at 10/s, sometimes reset',
  },
  {
    name: 'one repetition names the most frequent kind',
    change: {
      verdict: 'loses',
      lost: 12,
      mainClass: 'refused',
      classes: { always: ['refused', 'eof'], sometimes: [] },
    },
    text: '12/2950 refused',
  },
  { name: 'no loss in three', change: { ...inThree, verdict: 'no loss seen' }, text: '0/2950 (≤45 %)' },
])('kinds of loss in repetitions: $name', ({ change, text }) => {
  expect(lossText(column(change))).toBe(text);
  expect(lossParts(column(change)).join(', ')).toBe(text);
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

test('loss windows have two significant digits', () => {
  expect([0.0449, 0.657, 4.4, 35.95, 99.7, 719].map(milliseconds)).toEqual([
    '0.045 ms',
    '0.66 ms',
    '4.4 ms',
    '36 ms',
    '100 ms',
    '719 ms',
  ]);
});

test('drain', () => {
  expect(drainText(null)).toBe('–');
  expect(drainText({ shortest: 212, longest: 214 })).toBe('0.21 s');
  expect(drainText({ shortest: 12, longest: 15_002 })).toBe('0.01–15.0 s');
});

test('false alarms', () => {
  expect([null, 0, 1e-18, 0.0004].map(falseAlarmText)).toEqual([
    'not known',
    '0',
    'below 0.0001 %',
    '0.040 %',
  ]);
});
