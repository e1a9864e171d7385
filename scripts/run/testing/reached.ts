import { until } from '../../support/testing/until.ts';
import { attempts } from './attempts.ts';
import type { LabProcess } from './lab-process.ts';
import type { TinyLab } from './tiny-lab.ts';

/**
 * Starts labs until one runs and has come as far as told: on a machine that is too busy the pods may
 * never become ready.
 */
export async function reached(
  make: () => TinyLab,
  condition: (lab: TinyLab) => boolean,
): Promise<{ lab: TinyLab; run: LabProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const lab = make();
    const run = lab.run();
    const state = { ended: false };
    void run.ended.then(() => (state.ended = true));
    await until('the lab has come so far, or has ended', () => state.ended || condition(lab), 120_000);
    if (!state.ended) return { lab, run };
    if (attempt === attempts) throw new Error(`ended before it came so far:\n${run.output()}`);
  }
}
