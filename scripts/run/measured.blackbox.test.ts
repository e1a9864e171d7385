import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { attempts } from './testing/attempts.ts';
import { processesNaming, type Ended, type LabProcess } from './testing/lab-process.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

/** Runs the lab until the machine was quiet enough for a valid trial. */
async function untilMeasured(run: () => LabProcess): Promise<Ended> {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await run().ended;
    if (ended.exitCode === 0) return ended;
    if (attempt === attempts)
      throw new Error(`no valid trial in ${String(attempt)} runs:\n${ended.stdout}${ended.stderr}`);
  }
}

test('a run measures, stores everything, and is found the same again by report', async () => {
  const lab = labs.make([{ id: 'toy', variants: [{ name: 'exits', env: { END: 'exit' } }] }]);
  const { stdout } = await untilMeasured(() => lab.run());
  expect(stdout).toMatch(/toy\/exits +\d+\/\d+ (refused|reset)/);
  const newest = (file: string) => lab.files(file).sort().at(-1) ?? 'missing';
  for (const file of ['run.json', 'report.md', 'toy/exits/naive/1/trial.json']) {
    expect(statSync(newest(file)).size).toBeGreaterThan(0);
  }
  expect(readdirSync(newest('toy/exits/naive/1/pods'))).toHaveLength(4);
  expect(readFileSync(newest('toy/exits/naive/1/manifest.yaml'), 'utf8')).toContain('kind: Deployment');

  const again = await lab.report('--json').ended;
  const stored = JSON.parse(readFileSync(newest('report.json'), 'utf8')) as object;
  expect(JSON.parse(again.stdout)).toEqual({
    ...stored,
    remarks: ['findings are identical in 1 of 1 trials'],
  });
  expect(processesNaming(lab.root)).toBe('');
});
