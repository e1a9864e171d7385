import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseCluster } from './choose.ts';

let dockerHost: string | undefined;
beforeEach(() => {
  dockerHost = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'unix:///nowhere/docker.sock';
});
afterEach(() => {
  if (dockerHost === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = dockerHost;
});

test('without an engine the embedded cluster is chosen, and why is told', async () => {
  const { name, reasons } = await chooseCluster(undefined);
  expect(name).toBe('embedded');
  expect(reasons.join()).toMatch(/^kind needs a container engine: /);
});

test('kind without an engine is refused in one sentence', async () => {
  await expect(chooseCluster('kind')).rejects.toMatchObject({
    code: 'engine-missing',
    message: expect.stringMatching(
      /^--cluster kind needs a container engine: .*\. Without one there is --cluster embedded\.$/,
    ) as string,
  });
});

test.each(['embedded', 'context:somewhere'] as const)('%s needs no engine', async (name) => {
  expect(await chooseCluster(name)).toEqual({ name, reasons: [`--cluster ${name}`] });
});
