import { expect, test } from 'vitest';
import { assumedMs, estimateTrial, probeQuantumMs, trialKey } from './estimate.ts';
import type { Manifest, Trial } from './model.ts';
import { makePlan } from './plan.ts';
import { renderPlan } from './render-plan.ts';
import { planCatalogue } from './testing/plan-catalogue.ts';

const catalogue = planCatalogue();
const plan = makePlan({ catalogue, only: ['gin'], scenarios: [], repeat: 1, seed: 7, controls: true });

function trialOf(id: string): Trial {
  const trial = plan.trials.find((candidate) => candidate.id === id);
  if (trial === undefined) throw new Error(`no trial ${id}`);
  return trial;
}

function withManifest(id: string, change: Partial<Manifest>): Trial {
  const trial = trialOf(id);
  return { ...trial, scenario: { ...trial.scenario, manifest: { ...trial.scenario.manifest, ...change } } };
}

test('the model adds up what cannot be avoided', () => {
  // Five processes start together on two cores, then one after the other.
  const startUpMs = 2.5 * 500 + 5 * 500;
  const ms = startUpMs + 6 * 1000 + 2000 + 2000 + assumedMs.drain + assumedMs.tail;
  expect(estimateTrial(trialOf('gin/naive/naive/1'), new Map())).toEqual({ ms, startUpMs, source: 'model' });
});

test('an earlier run wins, for every repetition', () => {
  const history = new Map([['gin/naive/naive', 12_345]]);
  expect(estimateTrial(trialOf('gin/naive/naive/1'), history)).toMatchObject({
    ms: 12_345,
    source: 'earlier run',
  });
  expect(trialKey(trialOf('controls/ideal/sham/1'))).toBe('controls/ideal/sham');
});

test.each([
  { name: 'requests longer than the assumed drain', trial: trialOf('gin/naive/slow/1'), differenceMs: 300 },
  {
    name: 'no preStop',
    trial: withManifest('gin/naive/naive/1', { preStop: undefined }),
    differenceMs: -2000,
  },
  {
    name: 'two pods at once',
    trial: withManifest('gin/naive/naive/1', { maxSurge: 2 }),
    differenceMs: -2 * 1500,
  },
  {
    name: 'no probes',
    trial: withManifest('gin/naive/naive/1', { readinessProbe: undefined }),
    differenceMs: -6000,
  },
  {
    name: 'end cut by grace',
    trial: withManifest('gin/naive/naive/1', { graceMs: 2000 }),
    differenceMs: -500,
  },
  {
    name: 'minReadySeconds',
    trial: withManifest('gin/naive/naive/1', { minReadyMs: 1000 }),
    differenceMs: 6000,
  },
])('estimate: $name', ({ trial, differenceMs }) => {
  const baseMs = estimateTrial(trialOf('gin/naive/naive/1'), new Map()).ms;
  expect(estimateTrial(trial, new Map()).ms - baseMs).toBe(differenceMs);
});

test('the probe quantum is that of the startup probe where there is one', () => {
  const { manifest } = trialOf('gin/naive/naive/1').scenario;
  if (manifest.readinessProbe === undefined) throw new Error('expected a readiness probe');
  const startupProbe = { ...manifest.readinessProbe, periodMs: 3000, initialDelayMs: 500 };
  expect(probeQuantumMs({ ...manifest, startupProbe })).toBe(3500);
  expect(probeQuantumMs(manifest)).toBe(1000);
});

test('renderPlan', () => {
  expect(renderPlan(plan, new Map([['gin/naive/slow', 11_000]]))).toMatchInlineSnapshot(`
    "|  # | trial                     | seconds | of it start-up | estimated from |
    | -: | :------------------------ | ------: | -------------: | :------------- |
    |  1 | controls/ideal/sham/1     |    16.3 |            3.8 | model          |
    |  2 | controls/stubborn/naive/1 |    16.3 |            3.8 | model          |
    |  3 | gin/naive/naive/1         |    16.3 |            3.8 | model          |
    |  4 | gin/naive/slow/1          |    11.0 |            3.8 | earlier run    |
    |  5 | controls/ideal/slow/1     |    16.6 |            3.8 | model          |
    |  6 | controls/ideal/naive/1    |    16.3 |            3.8 | model          |

    Seed 7: --seed 7 gives this order again.
    6 trials, about 1 min 33 s without builds (1 estimated from an earlier run, 5 from the model).
    "
  `);
});

test('renderPlan tells what probes add', () => {
  const lastLine = (...words: Parameters<typeof renderPlan>) =>
    renderPlan(...words)
      .trimEnd()
      .split('\n')
      .at(-1);
  expect(lastLine(plan, new Map(), { probes: 3, ms: 30_000 })).toMatchInlineSnapshot(
    `"3 probes, about 30 s, and 6 trials, about 1 min 38 s: 2 min 8 s in all without builds (0 trials estimated from an earlier run, 6 from the model)."`,
  );
  expect(lastLine({ ...plan, trials: [] }, new Map(), { probes: 1, ms: 10_000 })).toMatchInlineSnapshot(
    `"1 probe, about 10 s, and 0 trials, about 0 s: 10 s in all without builds (0 trials estimated from an earlier run, 0 from the model)."`,
  );
});
