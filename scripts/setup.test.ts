import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-setup-'));
  await mkdir(join(root, 'scripts'));
  await copyFile(join(import.meta.dirname, 'setup.mjs'), join(root, 'scripts', 'setup.mjs'));
  await lock('1.0.0', {});
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A project with this version; its lock file has no package but itself. */
async function lock(version: string, dependencies: { [name: string]: string }): Promise<void> {
  const own = { name: 'trial', version, ...(Object.keys(dependencies).length > 0 && { dependencies }) };
  const lockFile = { name: 'trial', version, lockfileVersion: 3, requires: true, packages: { '': own } };
  await writeFile(join(root, 'package.json'), JSON.stringify(own));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(lockFile));
}

async function setup(): Promise<{ exitCode: number | undefined; stderr: string }> {
  // As in a shell, not as below `npm test`.
  const env = { npm_execpath: undefined };
  const { exitCode, stderr } = await execa(process.execPath, [join(root, 'scripts', 'setup.mjs')], {
    cwd: tmpdir(),
    env,
    reject: false,
  });
  return { exitCode, stderr };
}

test('installs once, and again when the lock file changes', async () => {
  const first = await setup();
  expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('npm ci') as string });
  expect(await setup()).toMatchObject({ exitCode: 0, stderr: '' });
  await lock('1.0.1', {});
  expect(await setup()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('npm ci') as string });
});

test('npm ci that fails is said clearly and tried again', async () => {
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ name: 'trial', dependencies: { absent: '1.0.0' } }),
  );
  for (const turn of ['first', 'second']) {
    expect(await setup(), turn).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('npm ci failed (exit code 1)') as string,
    });
  }
  expect(await readdir(root)).not.toContain('node_modules');
});

test('no lock file: not a clone of the repository', async () => {
  await rm(join(root, 'package-lock.json'));
  expect(await setup()).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('full clone') as string,
  });
});
