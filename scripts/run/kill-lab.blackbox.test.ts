/** `kill -9` of the lab at random moments in runs of its own; kill-instrument has those of k6 and the balancer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { killRandom, killSeed } from './testing/kill-seed.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const kills = 20;
/** From the start of the lab until well into its second trial. */
const runMs = 12_000;

const labs = tinyLabs();
afterEach(() => labs.remove());

describe.skipIf(process.platform !== 'linux')(`kill -9 with KILL_SEED=${String(killSeed)}`, () => {
  test(`${String(kills)} times of the lab leaves no process, and what was written can be reported`, async () => {
    const lab = labs.make([{ id: 'toy', variants: [{ name: 'a' }, { name: 'b' }] }], { replicas: 1 });
    for (let kill = 1; kill <= kills; kill += 1) {
      const run = lab.run();
      const afterMs = killRandom() * runMs;
      await Promise.race([sleep(afterMs), run.ended]);
      run.kill('SIGKILL');
      await run.ended;
      await lab.gone();
      const { exitCode, stderr } = await lab.report().ended;
      const about = `kill ${String(kill)} after ${afterMs.toFixed(0)} ms: ${stderr}`;
      // 64: nothing was written yet, so there is no latest run.
      expect([0, 2, 3, 64], about).toContain(exitCode);
      expect(stderr, about).not.toMatch(/^ +at /m);
      if (exitCode === 3 || exitCode === 64) expect(stderr.trim().split('\n'), about).toHaveLength(1);
    }
  });
});
