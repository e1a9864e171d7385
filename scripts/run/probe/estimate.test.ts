import { describe, expect, test } from 'vitest';
import type { ProbedVariant } from '../../analysis/probed.ts';
import { probeKey } from '../../catalogue/estimate.ts';
import { makePlan } from '../../catalogue/plan.ts';
import { planCatalogue } from '../../catalogue/testing/plan-catalogue.ts';
import { probeTimes } from '../../probe/times.ts';
import { parseLabOptions } from '../../support/lab-options.ts';
import type { PlannedRun } from '../planned.ts';
import { estimateProbe, estimateProbes } from './estimate.ts';

const catalogue = planCatalogue();
const none = new Map<string, number>();

function planned(words: string[], probed: string[] = []): Parameters<typeof estimateProbes>[0] {
  const options = parseLabOptions(words) as PlannedRun['options'];
  const plan = makePlan({ ...options, catalogue, seed: 7 });
  const done = probed.map((variant): ProbedVariant => ({ variant, probe: null, sweep: null, failure: null }));
  return { catalogue, plan, options, probed: done };
}

describe('the time of a probe', () => {
  test('is what its sessions wait for, and six starts', () => {
    const fixedMs = estimateProbe({ id: 'gin/naive', startUpMs: 0 }, none);
    expect(fixedMs).toBeGreaterThan(probeTimes.idleLongBeforeMs + probeTimes.inFlightDelayMs);
    expect(fixedMs).toBeLessThan(15_000);
    // Nine sessions, two of which start at once, and the sweep.
    expect(estimateProbe({ id: 'gin/naive', startUpMs: 1000 }, none) - fixedMs).toBe(6000);
  });

  test('is that of a sweep for the control of the sweep', () => {
    const ms = estimateProbe({ id: 'controls/window', startUpMs: 1000 }, none);
    expect(ms).toBeGreaterThan(1000 + probeTimes.sweepTailMs);
    expect(ms).toBeLessThan(4000);
  });

  test('is that of an earlier run where there is one', () => {
    const history = new Map([[probeKey('gin/naive'), 41_000]]);
    expect(estimateProbe({ id: 'gin/naive', startUpMs: 1000 }, history)).toBe(41_000);
    const { ms } = estimateProbes(planned(['--only', 'gin/naive', '--no-controls']), history, 'embedded');
    expect(ms).toBe(41_000);
  });
});

describe('the probes of a run', () => {
  test('are those of its controls and rows', () => {
    const { probes, ms } = estimateProbes(
      planned(['--only', 'gin/naive', '--no-controls']),
      none,
      'embedded',
    );
    expect({ probes, ms }).toEqual({
      probes: 1,
      ms: estimateProbe({ id: 'gin/naive', startUpMs: 500 }, none),
    });
    expect(estimateProbes(planned(['--only', 'gin/naive']), none, 'embedded').probes).toBeGreaterThan(1);
  });

  test('are none with --no-probe', () => {
    expect(estimateProbes(planned(['--no-probe']), none, 'embedded')).toEqual({ probes: 0, ms: 0 });
  });

  test('are none on a Kubernetes', () => {
    expect(estimateProbes(planned([]), none, 'kind')).toEqual({ probes: 0, ms: 0 });
  });

  test('are not those that have been probed', () => {
    const all = estimateProbes(planned(['--no-controls']), none, 'embedded');
    const rest = estimateProbes(planned(['--no-controls'], ['gin/naive']), none, 'embedded');
    expect(rest.probes).toBe(all.probes - 1);
    expect(all.ms - rest.ms).toBe(estimateProbe({ id: 'gin/naive', startUpMs: 500 }, none));
  });
});
