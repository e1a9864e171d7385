import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from './model.ts';
import { makePlan } from './plan.ts';
import type { PlanRequest } from './plan.ts';
import { planCatalogue } from './testing/plan-catalogue.ts';

const catalogue = planCatalogue();

function plan(request: Partial<PlanRequest> = {}) {
  return makePlan({ catalogue, only: [], scenarios: [], repeat: 1, seed: 1, controls: true, ...request });
}

const ids = (request: Partial<PlanRequest> = {}) => plan(request).trials.map(({ id }) => id);

const requests = fc.record({
  seed: fc.nat(2 ** 32 - 1),
  repeat: fc.integer({ min: 1, max: 4 }),
  only: fc.subarray(['gin', 'express', 'express/bare', 'controls']),
  scenarios: fc.subarray(['naive', 'slow']),
  controls: fc.boolean(),
});

describe('selection', () => {
  test('everything, with one sham', () => {
    expect(ids().toSorted()).toEqual([
      'controls/ideal/naive/1',
      'controls/ideal/sham/1',
      'controls/ideal/slow/1',
      'controls/stubborn/naive/1',
      'express/bare/naive/1',
      'express/bare/slow/1',
      'express/close/naive/1',
      'express/close/slow/1',
      'gin/naive/naive/1',
      'gin/naive/slow/1',
    ]);
  });

  test.each([
    { name: 'a framework and the controls', request: { only: ['gin'] }, owners: ['controls', 'gin'] },
    { name: 'the controls alone', request: { only: ['controls'] }, owners: ['controls'] },
    { name: 'no controls', request: { controls: false }, owners: ['express', 'gin'] },
    {
      name: 'controls by name although off',
      request: { only: ['controls/ideal'], controls: false },
      owners: ['controls'],
    },
  ])('$name', ({ request, owners }) => {
    const found = new Set(plan(request).trials.map(({ variant }) => variant.framework));
    expect([...found].toSorted()).toEqual(owners);
  });

  test('a variant in a scenario', () => {
    expect(ids({ only: ['express/close'], scenarios: ['slow'], controls: false })).toEqual([
      'express/close/slow/1',
    ]);
  });

  test('a scenario that runs only by name', () => {
    const scenarios = catalogue.scenarios.map((found) => ({ ...found, onlyByName: found.id === 'slow' }));
    const request = { catalogue: { ...catalogue, scenarios }, only: ['express/close'], controls: false };
    expect(ids(request)).toEqual(['express/close/naive/1']);
    expect(ids({ ...request, scenarios: ['slow'] })).toEqual(['express/close/slow/1']);
  });

  test('the sham comes first and takes the first chosen scenario of the catalogue', () => {
    const [sham] = plan({ scenarios: ['slow', 'naive'] }).trials;
    expect(sham).toMatchObject({ id: 'controls/ideal/sham/1', kind: 'sham', repetition: 1 });
    expect(sham?.scenario.id).toBe('naive');
  });
});

describe('wrong names', () => {
  test.each([
    {
      name: 'framework',
      request: { only: ['expres'] },
      message:
        '--only: expected the name of a framework or variant, found "expres". Did you mean express? There are: controls, controls/ideal, controls/stubborn, express, express/bare, express/close, gin, gin/naive',
    },
    {
      name: 'variant without its framework',
      request: { only: ['close'] },
      message:
        '--only: expected the name of a framework or variant, found "close". Did you mean express/close? There are: controls, controls/ideal, controls/stubborn, express, express/bare, express/close, gin, gin/naive',
    },
    {
      name: 'scenario',
      request: { scenarios: ['naiv'] },
      message:
        '--scenario: expected the name of a scenario, found "naiv". Did you mean naive? There are: naive, slow',
    },
    {
      name: 'scenario like none',
      request: { scenarios: ['chaos'] },
      message: '--scenario: expected the name of a scenario, found "chaos". There are: naive, slow',
    },
  ])('$name', ({ request, message }) => {
    expect(() => plan(request)).toThrow(
      expect.objectContaining({ code: 'unknown-name', exitCode: 64, message }),
    );
  });

  test('a variant that runs in none of the chosen scenarios', () => {
    expect(() => plan({ only: ['controls/stubborn'], scenarios: ['slow'] })).toThrow(
      expect.objectContaining({
        code: 'nothing-to-run',
        message:
          '--only controls/stubborn --scenario slow: expected at least one trial, found none: controls/stubborn runs only in naive. Choose others; --list shows the plan',
      }),
    );
  });

  test('no control to prove the instrument with', () => {
    const without: Catalogue = {
      ...catalogue,
      frameworks: catalogue.frameworks.filter(({ control }) => !control),
    };
    expect(() => plan({ catalogue: without })).toThrow(
      expect.objectContaining({ code: 'sham-missing', exitCode: 3 }),
    );
    expect(plan({ catalogue: without, controls: false }).trials).toHaveLength(6);
  });
});

describe('a variant without scenarios', () => {
  const withProbed = planCatalogue({ probed: [] });

  test('changes nothing of the plan', () => {
    fc.assert(
      fc.property(requests, (request) => {
        expect(plan({ ...request, catalogue: withProbed })).toEqual(plan(request));
      }),
    );
  });

  test('cannot be asked for by name', () => {
    expect(() => plan({ catalogue: withProbed, only: ['gin', 'controls/probed'] })).toThrow(
      expect.objectContaining({
        code: 'nothing-to-run',
        exitCode: 64,
        message:
          '--only controls/probed: expected at least one trial, found none: controls/probed is only probed: npm run probe -- controls/probed. Choose others; --list shows the plan',
      }),
    );
  });

  test('is no trial where nothing else runs', () => {
    const frameworks = catalogue.frameworks.map((framework) => ({
      ...framework,
      variants: framework.variants.map((variant) => ({ ...variant, scenarios: [] })),
    }));
    expect(() =>
      plan({ catalogue: { ...catalogue, frameworks }, controls: false, scenarios: ['slow'] }),
    ).toThrow(
      expect.objectContaining({
        code: 'nothing-to-run',
        message:
          'this selection: expected at least one trial, found none: no variant runs in slow. Choose others; --list shows the plan',
      }),
    );
  });
});

test('the order of a seed is fixed', () => {
  expect(ids({ seed: 42, only: ['express'] })).toMatchInlineSnapshot(`
    [
      "controls/ideal/sham/1",
      "controls/ideal/slow/1",
      "controls/ideal/naive/1",
      "express/close/slow/1",
      "express/close/naive/1",
      "controls/stubborn/naive/1",
      "express/bare/slow/1",
      "express/bare/naive/1",
    ]
  `);
});

test('same seed, same plan; every trial once; one sham; rows stay together', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { trials } = plan(request);
      const found = trials.map(({ id }) => id);
      expect(ids(request)).toEqual(found);
      expect(new Set(found).size).toBe(found.length);
      expect(found.toSorted()).toEqual(ids({ ...request, seed: request.seed + 1 }).toSorted());
      expect(trials.filter(({ kind }) => kind === 'sham')).toHaveLength(request.controls ? 1 : 0);
      const rows = trials
        .filter(({ kind }) => kind === 'restart')
        .map((trial) => `${trial.variant.id}/${trial.repetition}`);
      const changes = rows.filter((row, index) => row !== rows[index - 1]);
      expect(new Set(changes).size).toBe(changes.length);
      const repetitions = trials.map(({ repetition }) => repetition);
      expect(repetitions).toEqual(repetitions.toSorted((a, b) => a - b));
    }),
  );
});

test('different seeds give different orders', () => {
  const orders = new Set(Array.from({ length: 50 }, (_, seed) => ids({ seed }).join()));
  expect(orders.size).toBeGreaterThan(30);
});
