import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkEngine, requireEngine } from './engine.ts';
import { findProgram } from './program.ts';

const real = findProgram('docker');
const { PATH: path, DOCKER_HOST: host } = process.env;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-engine-'));
});
afterEach(async () => {
  process.env['PATH'] = path;
  if (host === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = host;
  await rm(folder, { recursive: true, force: true });
});

async function docker(script: string): Promise<void> {
  await writeFile(join(folder, 'docker'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'docker'), 0o755);
  process.env['PATH'] = `${folder}:/usr/bin:/bin`;
}

test.each([
  ['answers', 'echo 28.2.2', { version: '28.2.2' }],
  [
    'is not allowed for this user',
    `echo 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied' >&2; exit 1`,
    {
      reason:
        'this user may not use the container engine at unix:///var/run/docker.sock (permission denied): add it to the group docker and log in again',
    },
  ],
  [
    'does not run',
    'echo "Cannot connect to the Docker daemon at tcp://10.0.0.1:2375. Is the docker daemon running?" >&2; exit 1',
    {
      reason: 'no container engine answers at tcp://10.0.0.1:2375: start it, or set DOCKER_HOST',
    },
  ],
  [
    'has a broken command',
    'echo "cannot load" >&2; echo details >&2; exit 1',
    { reason: 'the command docker does not work here: cannot load' },
  ],
  ['says nothing', 'true', { reason: 'the command docker does not work here: no version' }],
])('an engine that %s', async (_, script, expected) => {
  await docker(script);
  expect(await checkEngine()).toEqual(expected);
});

test('no engine at all', async () => {
  process.env['PATH'] = folder;
  expect(await checkEngine()).toEqual({ reason: 'the command docker is not on the PATH' });
  await expect(requireEngine()).rejects.toMatchObject({
    code: 'engine-missing',
    message: 'Images need a container engine: the command docker is not on the PATH.',
  });
});

test.skipIf(real === undefined)('the real command without a daemon', async () => {
  process.env['DOCKER_HOST'] = `unix://${folder}/none.sock`;
  expect(await checkEngine()).toEqual({
    reason: `no container engine answers at unix://${folder}/none.sock: start it, or set DOCKER_HOST`,
  });
});

const socket = '/var/run/docker.sock';
const canBeNobody = process.getuid?.() === 0 && findProgram('setpriv') !== undefined && host === undefined;

test.skipIf(real === undefined || !existsSync(socket) || !canBeNobody)(
  'the real command as a user without permission',
  async () => {
    const asNobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/nonexistent';
    await docker(`exec ${asNobody} ${real ?? ''} "$@"`);
    const { reason } = (await checkEngine()) as { reason: string };
    expect(reason).toContain(
      `this user may not use the container engine at unix://${socket} (permission denied)`,
    );
  },
);
