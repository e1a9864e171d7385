/** `kill -9` at 50 random moments: of k6 and of the balancer in the trials of one run, and of the lab in runs of its own. */
import { randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { fileContains, until } from './testing/lab-process.ts';
import { tinyLabs, type TinyLab } from './testing/tiny-lab.ts';

const labKills = 20;
const instrumentKills = 30;
/** From the first request of a trial with one replica until well into its restart, and sometimes beyond. */
const trialMs = 4_000;
/** A moment beyond the trial's end costs the trial and kills nothing, on a fast machine often; the run ends with the last kill. */
const trialsPerKill = 4;
/** From the start of the lab until well into its second trial. */
const runMs = 12_000;

const seed = Number(process.env['KILL_SEED'] ?? randomInt(1_000_000));
const random = seededRandom(seed);
const labs = tinyLabs();
const stack = /^ +at /m;

afterEach(() => labs.remove());

const variants = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `v${String(index)}` }));

async function expectNothingLeft(lab: TinyLab): Promise<void> {
  await until('nothing is left', () => lab.processes().length === 0, 10_000);
}

describe.skipIf(process.platform !== 'linux')(`kill -9 with KILL_SEED=${String(seed)}`, () => {
  test(`${String(instrumentKills)} times of k6 or the balancer costs the trial only`, async () => {
    const lab = labs.make([{ id: 'toy', variants: variants(instrumentKills * trialsPerKill) }], {
      replicas: 1,
    });
    const run = lab.run();
    const looked = new Set<string>();
    const killed: { trial: string; victim: string }[] = [];
    while (killed.length < instrumentKills) {
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
      await sleep(random() * trialMs);
      const victim = random() < 0.5 ? 'k6 run ' : 'balancer/main.ts';
      const found = lab.processes().find(({ command }) => command.includes(victim));
      // The trial may be over already.
      if (!found || fileContains(join(dirname(timeline), 'findings.json'), '{')) continue;
      process.kill(found.pid, 'SIGKILL');
      killed.push({ trial: dirname(timeline), victim });
    }
    run.kill('SIGINT');
    const ended = await run.ended;
    expect(ended.exitCode).toBe(130);
    expect(ended.stderr).not.toMatch(stack);
    await expectNothingLeft(lab);
    expect(new Set(killed.map(({ victim }) => victim)).size).toBe(2);
    const reported = await lab.report('--json').ended;
    expect([0, 2]).toContain(reported.exitCode);
    expect(reported.stderr).toBe('');
  }, 1_200_000);

  test(`${String(labKills)} times of the lab leaves no process, and what was written can be reported`, async () => {
    const lab = labs.make([{ id: 'toy', variants: variants(2) }], { replicas: 1 });
    for (let kill = 1; kill <= labKills; kill += 1) {
      const run = lab.run();
      const afterMs = random() * runMs;
      await Promise.race([sleep(afterMs), run.ended]);
      run.kill('SIGKILL');
      await run.ended;
      await expectNothingLeft(lab);
      const { exitCode, stderr } = await lab.report().ended;
      const about = `kill ${String(kill)} after ${afterMs.toFixed(0)} ms: ${stderr}`;
      // 64: nothing was written yet, so there is no latest run.
      expect([0, 2, 3, 64], about).toContain(exitCode);
      expect(stderr, about).not.toMatch(stack);
      if (exitCode === 3 || exitCode === 64) expect(stderr.trim().split('\n'), about).toHaveLength(1);
    }
  }, 600_000);
});
