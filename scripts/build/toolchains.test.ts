import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Toolchain } from '../catalogue/model.ts';
import { checkNeeds } from './toolchains.ts';

let folder: string;
const path = process.env['PATH'];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-toolchains-'));
  process.env['PATH'] = `${folder}:/usr/bin:/bin`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

const toy: Toolchain = { name: 'Toy', command: 'toy', atLeast: '1.24', versionCommand: ['toy', 'version'] };

test.each([
  ['Go', 'echo "go version go1.26.8 linux/amd64"', { versions: { toy: '1.26.8' } }],
  ['exactly the lowest', 'echo v1.24', { versions: { toy: '1.24' } }],
  ['Java, on standard error', `echo 'openjdk version "21" 2023-09-19' >&2`, { versions: { toy: '21' } }],
  ['too old', 'echo 1.22.1', { reason: 'needs Toy ≥ 1.24, found 1.22.1' }],
  ['numbers, not text, compared', 'echo 1.9', { reason: 'needs Toy ≥ 1.24, found 1.9' }],
  [
    'broken',
    'echo cannot load >&2; exit 1',
    { reason: 'needs Toy ≥ 1.24, but `toy version` failed: cannot load' },
  ],
  ['silent', 'true', { reason: 'needs Toy ≥ 1.24, but `toy version` prints no version' }],
])('%s', async (_, script, expected) => {
  await program('toy', script);
  expect(await checkNeeds([toy])).toEqual(expected);
});

test('not found, and every need is named', async () => {
  await program('toy', 'echo 1.0');
  const other: Toolchain = { name: 'Go', command: 'go', atLeast: '1.24', versionCommand: ['go', 'version'] };
  expect(await checkNeeds([other, toy])).toEqual({
    reason: 'needs Go ≥ 1.24, not found; needs Toy ≥ 1.24, found 1.0',
  });
});
