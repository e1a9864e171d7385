import { afterEach, expect, test } from 'vitest';
import { until } from '../support/testing/until.ts';
import { fileContains, processesNaming } from './testing/lab-process.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

test('a server that is too slow for the lowest rate is told with the figure, and tried once', async () => {
  const slower = { name: 'slower', env: { ANSWER: 'serial', ANSWER_MS: '2500' } };
  const lab = labs.make([{ id: 'toy', variants: [slower] }]);
  const { exitCode, stdout, stderr } = await lab.run('--repeat', '2').ended;
  expect(exitCode, stderr).toBe(2);
  // Two pods, 2.5 s for each request: at most 0.8/s.
  expect(stdout).toMatch(
    /toy\/slower +(too slow to be measured: a pre-test carried [01](\.\d)? requests\/s, and the lowest rate|cannot be measured: .* no good answer)/,
  );
  expect(lab.files('toy/slower/naive/pretest/timeline.ndjson')).toHaveLength(1);
  expect(lab.files('toy/slower/naive/*/findings.json')).toEqual([]);
  expect(processesNaming(lab.root)).toBe('');
});

test('Ctrl+C during a pre-test ends it, and nothing is left', async () => {
  const lab = labs.make([{ id: 'toy', variants: [{ name: 'serial', env: { ANSWER: 'serial' } }] }]);
  const run = lab.run();
  await until('the pre-test has load', () =>
    lab.files('toy/serial/naive/pretest/timeline.ndjson').some((file) => fileContains(file, '["end",')),
  );
  run.kill('SIGINT');
  const { exitCode, stdout } = await run.ended;
  expect(exitCode).toBe(130);
  expect(stdout).toContain('The run was interrupted');
  expect(processesNaming(lab.root)).toBe('');
  expect((await lab.report().ended).stdout).toContain('1 of 1 planned trials have no findings.');
});
