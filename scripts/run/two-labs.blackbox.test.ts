import { afterEach, expect, test } from 'vitest';
import { fileContains, processesNaming } from './testing/lab-process.ts';
import { reached } from './testing/reached.ts';
import { measuredRow } from './testing/rows.ts';
import { tinyLabs, type TinyLab } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

const make = () => labs.make([{ id: 'toy' }], { replicas: 1 });
const hasLoad = (lab: TinyLab) =>
  lab.files('toy/server/naive/1/timeline.ndjson').some((file) => fileContains(file, '["end",'));

test('the second lab says who measures and leaves it alone', async () => {
  const { lab: first, run: running } = await reached(make, hasLoad);
  const second = make();
  const folder = first.files('run.json')[0]?.replace('/run.json', '') ?? 'no run';
  const { exitCode, stdout, stderr } = await second.run().ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain(`process ${String(running.pid)} of `);
  expect(stderr).toContain(`run folder ${folder}`);
  expect(stderr).toContain(`kill -INT ${String(running.pid)}`);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(second.files('**')).toEqual([]);
  expect((await second.run('--list').ended).exitCode).toBe(0);

  const ended = await running.ended;
  expect([0, 2]).toContain(ended.exitCode);
  expect(ended.stdout).toMatch(measuredRow('toy/server'));
  expect([0, 2]).toContain((await second.run().ended).exitCode);
});

test('a lab that was killed does not stand in the way of the next', async () => {
  const { lab: first, run: running } = await reached(make, hasLoad);
  running.kill('SIGKILL');
  await running.ended;
  expect([0, 2]).toContain((await make().run().ended).exitCode);
  expect(processesNaming(first.root)).toBe('');
});
