import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FailureClass, TrialFindings } from './findings.ts';
import { judge } from './judge.ts';
import { syntheticFindings } from './testing/findings.ts';
import type { SyntheticOptions, SyntheticRequest } from './testing/synthetic.ts';

const lost = (population: string) => (request: SyntheticRequest) =>
  request.terminating === 'old-0' && request.population === population
    ? { errorCode: 1000, errorText: 'EOF', how: 'FIN' as const }
    : undefined;
const trial = (options: SyntheticOptions, repetition: number) =>
  syntheticFindings({ ...options, repetition });
const loses = (repetition: number) => trial({ fail: lost('persistent-post') }, repetition);
const clean = (repetition: number) => trial({}, repetition);
const broken = (repetition: number) => trial({ fail: ({ iteration }) => lostAt(iteration) }, repetition);
const lostAt = (iteration: number) => (iteration === 1 ? { errorCode: 1000, errorText: 'EOF' } : undefined);

test.each([
  { name: 'no loss', trials: [clean(1)], verdict: 'no loss seen', hit: '0/3', valid: 1 },
  { name: 'loss in every one', trials: [loses(1), loses(2)], verdict: 'loses', hit: '2/6', valid: 2 },
  { name: 'in some', trials: [loses(1), clean(2)], verdict: 'loses sometimes', hit: '1/6', valid: 2 },
  {
    name: 'an invalid one is left out',
    trials: [loses(1), broken(2)],
    verdict: 'loses',
    hit: '1/3',
    valid: 1,
  },
  { name: 'all invalid', trials: [broken(1)], verdict: 'invalid', hit: '0/0', valid: 0 },
  { name: 'no trial', trials: [], verdict: 'invalid', hit: '0/0', valid: 0 },
])('verdict: $name', ({ trials, verdict, hit, valid }) => {
  const { persistent } = judge(trials);
  expect(persistent.verdict).toBe(verdict);
  expect(`${persistent.terminationsWithLoss}/${persistent.terminations}`).toBe(hit);
  expect(persistent.repetitions).toMatchObject({ valid, all: trials.length });
});

test('a loss is of its column alone, with class and bound', () => {
  const { fresh, persistent } = judge([loses(1)]);
  expect(fresh).toMatchObject({
    verdict: 'no loss seen',
    lost: 0,
    mainClass: null,
    bound: { kind: 'upper' },
  });
  expect(persistent).toMatchObject({
    lost: 25,
    of: 116,
    mainClass: 'eof',
    byClass: { eof: 25 },
    bound: { kind: 'interval' },
  });
  expect(fresh.of).toBe(232);
});

test('persistent is judged by POST: a GET that was lost is none of it', () => {
  const { fresh, persistent } = judge([trial({ fail: lost('persistent-get') }, 1)]);
  expect([fresh.verdict, persistent.verdict]).toEqual(['no loss seen', 'no loss seen']);
});

test('without keep-alive there is nothing persistent to lose', () => {
  const { fresh, persistent } = judge([trial({ keepAlive: false }, 1)]);
  expect(fresh.verdict).toBe('no loss seen');
  expect(persistent.verdict).toBe('n/a');
  expect(persistent.reasons).toEqual(['every connection carried exactly one request']);
});

test('the reasons of invalid trials are told', () => {
  expect(judge([broken(2)]).fresh.reasons).toEqual([
    'toy/bare/naive/2: 4 failed before the restart began: 4 eof',
  ]);
});

describe('classes by repetition', () => {
  const valid = clean(1);
  /** Valid trials that lost these persistent POSTs, one after the other. */
  const trialsThatLost = (repetitions: readonly (readonly FailureClass[])[]): TrialFindings[] =>
    repetitions.map((classes, index) => ({
      ...valid,
      trial: { ...valid.trial, repetition: index + 1 },
      losses: classes.map((name, id) => ({
        ...{ id: String(id), population: 'persistent-post', class: name, sentMs: 0, failedMs: 1 },
        ...{ pod: 'old-0', sentPhase: 'terminating', failedPhase: 'exited', text: '' },
      })),
    }));

  test.each<{
    name: string;
    lost: FailureClass[][];
    always: FailureClass[];
    sometimes: FailureClass[];
  }>([
    { name: 'no loss', lost: [[], []], always: [], sometimes: [] },
    { name: 'no repetition', lost: [], always: [], sometimes: [] },
    { name: 'one repetition', lost: [['eof', 'reset', 'reset']], always: ['reset', 'eof'], sometimes: [] },
    {
      name: 'one class in each, another in one',
      lost: [['refused', 'refused'], ['refused', 'reset'], ['refused']],
      always: ['refused'],
      sometimes: ['reset'],
    },
    {
      name: 'the class that is most frequent is not in each',
      lost: [['eof', 'eof', 'eof', 'reset'], ['reset']],
      always: ['reset'],
      sometimes: ['eof'],
    },
    { name: 'a loss in one alone', lost: [['eof'], [], []], always: [], sometimes: ['eof'] },
    { name: 'another class in each', lost: [['reset'], ['eof']], always: [], sometimes: ['reset', 'eof'] },
  ])('$name', ({ lost, always, sometimes }) => {
    expect(judge(trialsThatLost(lost)).persistent.classes).toEqual({ always, sometimes });
  });

  test('an invalid repetition does not count', () => {
    const [first, second] = trialsThatLost([['eof'], ['reset']]);
    const invalid = { ...second!, invalid: [{ code: 'accounts-open', text: 'x' }] };
    expect(judge([first!, invalid]).persistent.classes).toEqual({ always: ['eof'], sometimes: [] });
  });

  test('each class that occurred is named once, whatever the order of the repetitions', () => {
    const names = fc.constantFrom<FailureClass>('refused', 'reset', 'eof', 'rejected');
    fc.assert(
      fc.property(fc.array(fc.array(names, { maxLength: 6 }), { maxLength: 5 }), (lost) => {
        const { classes, byClass, mainClass, verdict } = judge(trialsThatLost(lost)).persistent;
        const all = [...classes.always, ...classes.sometimes];
        expect(all.toSorted()).toEqual(Object.keys(byClass).sort());
        expect(all.length === 0 || all.includes(mainClass!)).toBe(true);
        for (const name of classes.always) expect(lost.every((own) => own.includes(name))).toBe(true);
        for (const name of classes.sometimes) expect(lost.every((own) => own.includes(name))).toBe(false);
        if (verdict === 'loses sometimes') expect(classes.always).toEqual([]);
        const reversed = judge(trialsThatLost(lost.toReversed())).persistent.classes;
        expect(reversed.always.toSorted()).toEqual(classes.always.toSorted());
        expect(reversed.sometimes.toSorted()).toEqual(classes.sometimes.toSorted());
      }),
    );
  });
});
