import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadProgram } from '../support/download.ts';
import type { Provided } from '../support/provide.ts';
import { k6 } from './k6-release.ts';
import { provideK6, searchK6 } from './provision.ts';

const { signal } = new AbortController();
const environment = {
  PATH: process.env['PATH'],
  ZERO_DOWNTIME_LAB_CACHE: process.env['ZERO_DOWNTIME_LAB_CACHE'],
};
let folder: string;
let bin: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-k6-'));
  bin = join(folder, 'bin');
  await mkdir(bin);
  // Without the Go of this machine, so that nothing is built.
  process.env['PATH'] = `${bin}:/usr/bin:/bin`;
  process.env['ZERO_DOWNTIME_LAB_CACHE'] = join(folder, 'cache');
});
afterEach(async () => {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  await rm(folder, { recursive: true, force: true });
});

async function script(name: string, text: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(bin, name), 0o755);
}

function provide(releaseUrl = 'http://127.0.0.1:9/'): Promise<Provided> {
  return provideK6({ signal, onProgress: () => undefined, releaseUrl });
}

describe('on the PATH', () => {
  test.each(['v2.2.0', 'v2.2.7', 'v2.10.0'])('%s is taken', async (version) => {
    await script('k6', `echo "k6 ${version} (go1.26.8, linux/amd64)"`);
    expect(await provide()).toEqual({ program: join(bin, 'k6'), version: version.slice(1), source: 'PATH' });
  });

  test.each([
    ['v2.1.9', 'needs k6 ≥ 2.2.0, found 2.1.9'],
    ['v0.57.0', 'needs k6 ≥ 2.2.0, found 0.57.0'],
    ['v3.0.0', 'needs k6 ≥ 2.2.0 and below 3, found 3.0.0'],
  ])('%s is not', async (version, reason) => {
    await script('k6', `echo "k6 ${version}"`);
    expect((await searchK6()).path).toBe(`${reason} (${join(bin, 'k6')})`);
  });
});

test('built with Go into the cache, and found there the next time', async () => {
  await script(
    'go',
    `case $1 in version) echo go1.26.8;; build) printf '#!/bin/sh\\necho k6 v2.2.0' > k6; chmod +x k6;; esac`,
  );
  const built = await provide();
  expect(built).toMatchObject({ version: '2.2.0', source: 'built with Go' });
  expect(await provide()).toEqual({ ...built, source: 'cache' });
});

test('a failed build leaves nothing but its log, and the error names all three ways', async () => {
  await script(
    'go',
    'case $1 in version) echo go1.26.8;; *) echo "module lookup disabled" >&2; exit 1;; esac',
  );
  const error = await provide().catch((thrown: unknown) => thrown);
  const message = String(error)
    .replaceAll(folder, '<folder>')
    .replace(/\d\.\d s/, '<n> s');
  expect(message).toContain('1. k6 on the PATH: not found');
  expect(message).toMatch(
    /2\. built with Go \(go\.k6\.io.*exit code 1 after <n> s[^]*module lookup disabled/,
  );
  expect(message).toMatch(/3\. downloaded from http:\/\/127\.0\.0\.1:9\/: /);
  expect(error).toMatchObject({ code: 'k6-missing' });
  const left = await readdir(join(folder, 'cache', 'k6'), { recursive: true });
  expect(left.filter((name) => name.includes('/') && !name.endsWith('.log'))).toEqual([]);
});

test('Go too old is a reason', async () => {
  await script('go', 'echo go1.22.1');
  await expect(provide()).rejects.toThrow('needs Go ≥ 1.25, found 1.22.1');
});

test.runIf(k6.release.files[`${process.platform}-${process.arch}`])(
  'a download that is not what it must be is not used',
  async () => {
    await using server = await serve(Buffer.from('not the archive'));
    await expect(provide(server.url)).rejects.toThrow(
      /has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}: it was not used/,
    );
    const left = await readdir(join(folder, 'cache', 'k6'), { recursive: true });
    expect(left.filter((name) => name.includes('/') && !name.endsWith('.log'))).toEqual([]);
  },
);

test('a download that is what it must be', async () => {
  await mkdir(join(folder, 'k6-v0'));
  await writeFile(join(folder, 'k6-v0', 'k6'), 'program');
  await execa('tar', ['-czf', 'k6.tar.gz', 'k6-v0'], { cwd: folder });
  const archive = await readFile(join(folder, 'k6.tar.gz'));
  await using server = await serve(archive);
  const target = join(folder, 'program');
  await downloadProgram({
    name: 'k6',
    release: { file: 'k6.tar.gz', sha256: createHash('sha256').update(archive).digest('hex') },
    baseUrl: server.url,
    target,
    logFile: join(folder, 'log'),
    signal,
  });
  expect(await readFile(target, 'utf8')).toBe('program');
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
});

async function serve(content: Buffer): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_, response) => response.end(content));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
