import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { provideProgram, searchProgram } from '../../support/provide.ts';
import { kind, kubectlFor } from './tools.ts';

const { signal } = new AbortController();
const environment = {
  PATH: process.env['PATH'],
  ZERO_DOWNTIME_LAB_CACHE: process.env['ZERO_DOWNTIME_LAB_CACHE'],
};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-tools-'));
  await mkdir(join(folder, 'bin'));
  // None of the programs of this machine.
  process.env['PATH'] = join(folder, 'bin');
  process.env['ZERO_DOWNTIME_LAB_CACHE'] = join(folder, 'cache');
});
afterEach(async () => {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  await rm(folder, { recursive: true, force: true });
});

async function script(name: string, text: string): Promise<string> {
  const file = join(folder, 'bin', name);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('kind on the PATH', () => {
  test.each(['v0.30.0', 'v0.33.0', 'v0.41.1'])('%s is taken', async (version) => {
    const program = await script('kind', `echo "kind ${version} go1.26.1 linux/amd64"`);
    expect((await searchProgram(kind)).found).toMatchObject({ program, source: 'PATH' });
  });

  test('too old', async () => {
    const program = await script('kind', 'echo "kind v0.29.0 go1.24.2 linux/amd64"');
    const { found, path } = await searchProgram(kind);
    expect(found).toBeUndefined();
    expect(path).toBe(`needs kind ≥ 0.30, found 0.29.0 (${program})`);
  });
});

describe('kubectl for Kubernetes 1.34', () => {
  test.each(['v1.33.9', 'v1.34.4', 'v1.35.0'])('%s is taken', async (version) => {
    const program = await script(
      'kubectl',
      `echo "Client Version: ${version}"; echo "Kustomize Version: v5.7.1"`,
    );
    expect((await searchProgram(kubectlFor('1.34.4'))).found).toMatchObject({ program, source: 'PATH' });
  });

  test.each([
    ['v1.32.7', 'needs kubectl ≥ 1.33, found 1.32.7'],
    ['v1.36.0', 'needs kubectl ≥ 1.33 and below 1.36, found 1.36.0'],
  ])('%s is not', async (version, reason) => {
    const program = await script('kubectl', `echo "Client Version: ${version}"`);
    expect((await searchProgram(kubectlFor('1.34.4'))).path).toBe(`${reason} (${program})`);
  });
});

test.each([
  ['kind', kind, 'kind 0.33.0 (any from 0.30 on will do) to make a cluster'],
  [
    'kubectl',
    kubectlFor('1.34.4'),
    'kubectl 1.34.1 (any from 1.33 to 1.35 will do) to talk to Kubernetes 1.34',
  ],
])('%s missing: one message with all three ways', async (name, program, need) => {
  const releaseUrl = 'http://127.0.0.1:9/';
  const error = await provideProgram(program, { signal, onProgress: () => undefined, releaseUrl }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: `${name}-missing` });
  expect(String(error)).toContain(`The lab needs ${need}, and none of three ways to have it worked:`);
  expect(String(error)).toContain(`1. ${name} on the PATH: not found`);
  expect(String(error)).toMatch(/2\. built with Go \(.*\): needs Go ≥ 1\.\d+, not found/);
  expect(String(error)).toContain('3. downloaded from http://127.0.0.1:9/: ');
});

test('the pinned kubectl is only downloaded for its own minor version', () => {
  expect(Object.keys(kubectlFor('1.34.0').release.files)).not.toEqual([]);
  expect(kubectlFor('1.31.2')).toMatchObject({ version: '1.31.0', release: { files: {} } });
});
