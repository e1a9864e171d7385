import { describe, expect, test } from 'vitest';
import type { ProbedVariant } from '../../analysis/probed.ts';
import { makePlan } from '../../catalogue/plan.ts';
import { planCatalogue } from '../../catalogue/testing/plan-catalogue.ts';
import { probeTimes } from '../../probe/times.ts';
import { parseLabOptions } from '../../support/lab-options.ts';
import type { PlannedRun } from '../planned.ts';
import { estimateProbe, estimateProbes } from './estimate.ts';

const catalogue = planCatalogue();

function planned(words: string[], probed: string[] = []): Parameters<typeof estimateProbes>[0] {
  const options = parseLabOptions(words) as PlannedRun['options'];
  const plan = makePlan({ ...options, catalogue, seed: 7 });
  const done = probed.map((variant): ProbedVariant => ({ variant, probe: null, sweep: null, failure: null }));
  return { catalogue, plan, options, probed: done };
}

describe('the time of a probe', () => {
  test('is what its sessions wait for, and six starts', () => {
    const fixedMs = estimateProbe({ id: 'gin/naive', startUpMs: 0 });
    expect(fixedMs).toBeGreaterThan(probeTimes.idleLongBeforeMs + probeTimes.inFlightDelayMs);
    expect(fixedMs).toBeLessThan(15_000);
    // Nine sessions, two of which start at once, and the sweep.
    expect(estimateProbe({ id: 'gin/naive', startUpMs: 1000 }) - fixedMs).toBe(6000);
  });

  test('is that of a sweep for the control of the sweep', () => {
    const ms = estimateProbe({ id: 'controls/window', startUpMs: 1000 });
    expect(ms).toBeGreaterThan(1000 + probeTimes.sweepTailMs);
    expect(ms).toBeLessThan(4000);
  });
});

describe('the probes of a run', () => {
  test('are those of its controls and rows', () => {
    const { probes, ms } = estimateProbes(planned(['--only', 'gin/naive', '--no-controls']));
    expect({ probes, ms }).toEqual({ probes: 1, ms: estimateProbe({ id: 'gin/naive', startUpMs: 500 }) });
    expect(estimateProbes(planned(['--only', 'gin/naive'])).probes).toBeGreaterThan(1);
  });

  test('are none with --no-probe', () => {
    expect(estimateProbes(planned(['--no-probe']))).toEqual({ probes: 0, ms: 0 });
  });

  test('are not those that have been probed', () => {
    const all = estimateProbes(planned(['--no-controls']));
    const rest = estimateProbes(planned(['--no-controls'], ['gin/naive']));
    expect(rest.probes).toBe(all.probes - 1);
    expect(all.ms - rest.ms).toBe(estimateProbe({ id: 'gin/naive', startUpMs: 500 }));
  });
});
