/** `kill -9` of k6 and of the balancer at random moments in the trials of one run; kill-lab has those of the lab. */
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../support/testing/until.ts';
import { killRandom, killSeed } from './testing/kill-seed.ts';
import { fileContains } from './testing/lab-process.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const kills = 30;
/** From the first request of a trial with one replica until well into its restart, and sometimes beyond. */
const trialMs = 4_000;
/** A moment beyond the trial's end costs the trial and kills nothing, on a fast machine often; the run ends with the last kill. */
const trialsPerKill = 4;

const labs = tinyLabs();
afterEach(() => labs.remove());

describe.skipIf(process.platform !== 'linux')(`kill -9 with KILL_SEED=${String(killSeed)}`, () => {
  test(`${String(kills)} times of k6 or the balancer costs the trial only`, async () => {
    const variants = Array.from({ length: kills * trialsPerKill }, (_, index) => ({
      name: `v${String(index)}`,
    }));
    const lab = labs.make([{ id: 'toy', variants }], { replicas: 1 });
    const run = lab.run();
    const looked = new Set<string>();
    const killed: { trial: string; victim: string }[] = [];
    while (killed.length < kills) {
      let timeline = '';
      await until(
        'a further trial has load',
        () => {
          const begun = lab.files('toy/*/naive/1/timeline.ndjson').filter((file) => !looked.has(file));
          timeline = begun.find((file) => fileContains(file, '["end",')) ?? '';
          return timeline !== '';
        },
        120_000,
      );
      looked.add(timeline);
      await sleep(killRandom() * trialMs);
      const victim = killRandom() < 0.5 ? 'k6 run ' : 'balancer/main.ts';
      const found = lab.processes().find(({ command }) => command.includes(victim));
      // The trial may be over already.
      if (!found || fileContains(join(dirname(timeline), 'findings.json'), '{')) continue;
      process.kill(found.pid, 'SIGKILL');
      killed.push({ trial: dirname(timeline), victim });
    }
    run.kill('SIGINT');
    const ended = await run.ended;
    expect(ended.exitCode).toBe(130);
    expect(ended.stderr).not.toMatch(/^ +at /m);
    await lab.gone();
    expect(new Set(killed.map(({ victim }) => victim)).size).toBe(2);
    const reported = await lab.report('--json').ended;
    expect([0, 2]).toContain(reported.exitCode);
    expect(reported.stderr).toBe('');
  }, 1_200_000);
});
