import { expect, test } from 'vitest';
import type { Trial } from '../catalogue/model.ts';
import { makePlan } from '../catalogue/plan.ts';
import { planCatalogue } from '../catalogue/testing/plan-catalogue.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { isControl, keepRate, keptRate, tooSlowText } from './rates.ts';

const { trials } = makePlan({
  catalogue: planCatalogue(),
  only: [],
  scenarios: [],
  repeat: 2,
  seed: 1,
  controls: true,
});

function trialOf(id: string): Trial {
  const trial = trials.find((candidate) => candidate.id === id);
  if (trial === undefined) throw new Error(id);
  return trial;
}

const runInfo = () => structuredClone(syntheticRun().info);

test('a rate is kept for the variant and its request delay, and for nothing else', () => {
  const info = runInfo();
  const kept = keepRate(info, trialOf('gin/naive/slow/1'), 24.33);
  expect(info.rates).toEqual([
    { variant: 'gin/naive', requestDelayMs: 800, carriedPerSecond: 24.3, ratePerSecond: 10 },
  ]);
  expect(keptRate(info, trialOf('gin/naive/slow/2'))).toBe(kept);
  expect(keptRate(info, trialOf('gin/naive/naive/1'))).toBeUndefined();
  expect(keptRate(info, trialOf('express/bare/slow/1'))).toBeUndefined();
});

test('what a run kept is found again when it is taken up from disk', () => {
  const info = runInfo();
  keepRate(info, trialOf('gin/naive/slow/1'), 24.33);
  const stored = JSON.parse(JSON.stringify(info)) as typeof info;
  expect(keptRate(stored, trialOf('gin/naive/slow/2'))?.ratePerSecond).toBe(10);
});

test('a server below the lowest rate is told with its figure', () => {
  const info = runInfo();
  const slow = keepRate(info, trialOf('gin/naive/slow/1'), 1.26);
  expect(tooSlowText(slow)).toBe(
    'too slow to be measured with requests of 0.8 s: a pre-test carried 1.3 requests/s, and the lowest rate of 1/s needs 2',
  );
  expect(tooSlowText(keepRate(info, trialOf('gin/naive/naive/1'), 2))).toBeUndefined();
  expect(tooSlowText(keepRate(info, trialOf('express/bare/naive/1'), 0))).toBe(
    'cannot be measured: before any restart, a pre-test of 3 s got no good answer at all',
  );
});

test('controls and the sham are never given another rate', () => {
  const info = runInfo();
  expect(isControl(info, trialOf('controls/ideal/naive/1'))).toBe(true);
  expect(isControl(info, trialOf('controls/ideal/sham/1'))).toBe(true);
  expect(isControl(info, trialOf('gin/naive/naive/1'))).toBe(false);
});
