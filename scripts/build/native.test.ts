import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containment } from '../support/contained.ts';
import { LabError } from '../support/errors.ts';
import { until } from '../support/testing/until.ts';
import { buildFramework, type Artefact } from './native.ts';
import { openWorkshop, toyFramework, type Workshop } from './testing/toy.ts';
import type { Framework } from '../catalogue/model.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => rm(workshop.root, { recursive: true, force: true }));

function build(framework: Framework, signal = new AbortController().signal): Promise<Artefact> {
  return buildFramework(framework, { signal, logFolder: workshop.logFolder });
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
}

async function cached(): Promise<string[]> {
  return (await readdir(join(workshop.cache, 'builds'))).sort();
}

test('builds a copy and leaves the source alone', async () => {
  const toy = await toyFramework(workshop, { build: 'cp source built; echo hello' });
  const artefact = await build(toy);
  expect(artefact.cached).toBe(false);
  expect(await readFile(join(artefact.folder, 'built'), 'utf8')).toBe('one\n');
  expect(await readdir(toy.folder)).toEqual(['source']);
  expect(await readFile(join(workshop.logFolder, 'toy.log'), 'utf8')).toBe('hello\n');
});

test('nothing to build: the copy is the artefact', async () => {
  const artefact = await build(await toyFramework(workshop, { build: '' }));
  expect(await readdir(artefact.folder)).toEqual(['source']);
});

test('a warm build is found in the cache with its log', async () => {
  const toy = await toyFramework(workshop, { build: 'date +%N > built' });
  const first = await build(toy);
  await rm(workshop.logFolder, { recursive: true });
  const second = await build(toy);
  expect(second).toMatchObject({ folder: first.folder, cached: true });
  expect(await readdir(workshop.logFolder)).toEqual(['toy.log']);
});

describe('is built again', () => {
  const changes: [name: string, change: (toy: Framework) => unknown][] = [
    ['when a file changes', (toy) => writeFile(join(toy.folder, 'source'), 'two\n')],
    ['when a file is added', (toy) => writeFile(join(toy.folder, 'other'), '')],
    ['when a file becomes executable', (toy) => chmod(join(toy.folder, 'source'), 0o755)],
    ['when the script changes', (toy) => (toy.build += '; echo more')],
    ['when a toolchain changes', (toy) => (toy.needs[0]!.versionCommand = ['echo', '99.1'])],
  ];
  test.each(changes)('%s', async (_, change) => {
    const toy = await toyFramework(workshop, { build: 'cp source built' });
    const first = await build(toy);
    await change(toy);
    const second = await build(toy);
    expect(second.cached).toBe(false);
    expect(second.folder).not.toBe(first.folder);
  });
});

test.each(['app.yaml', 'node_modules/x/index.js', 'deep/node_modules/x.js', 'target/x', 'dist/x', 'bin/x'])(
  'is not built again for %s, which is not copied either',
  async (path) => {
    const toy = await toyFramework(workshop, { build: 'true' });
    await build(toy);
    await mkdir(join(toy.folder, path, '..'), { recursive: true });
    await writeFile(join(toy.folder, path), 'x');
    const artefact = await build(toy);
    expect(artefact.cached).toBe(true);
    expect(await readdir(artefact.folder)).toEqual(['source']);
  },
);

test('sources below src/bin are sources', async () => {
  const toy = await toyFramework(workshop, {
    build: 'test -f src/bin/main.rs',
    files: { 'src/bin/main.rs': '' },
  });
  expect((await build(toy)).cached).toBe(false);
});

test('a failing build names command, log and what is left, and is tried again', async () => {
  const toy = await toyFramework(workshop, { build: 'echo compiling\necho "syntax error" >&2\nexit 2' });
  const error = await failure(build(toy));
  expect(error).toBeInstanceOf(LabError);
  expect((error as LabError).code).toBe('build-failed');
  const message = (error as LabError).message
    .replaceAll(workshop.cache, '<cache>')
    .replace(/[0-9a-f]{16}/g, '<hash>')
    .replace(/\d\.\d s/, '<n> s');
  expect(message).toMatchInlineSnapshot(`
    "build of toy failed: exit code 2 after <n> s
      command: cd <cache>/builds/toy-<hash>.failed && sh -e -c 'echo compiling
    echo "syntax error" >&2
    exit 2'
      log:     <cache>/builds/toy-<hash>.log
      Last lines of its output:
        compiling
        syntax error"
  `);
  const names = (await cached()).map((name) => name.replace(/[0-9a-f]{16}/, '<hash>'));
  expect(names).toEqual(['toy-<hash>.failed', 'toy-<hash>.log']);
  expect(await readFile(join(workshop.logFolder, 'toy.log'), 'utf8')).toContain('syntax error');
  await expect(build(toy)).rejects.toThrow('syntax error');
});

test('a missing toolchain is an error of its own', async () => {
  const toy = await toyFramework(workshop, { build: 'true' });
  toy.needs = [
    { name: 'Go', command: 'no-such-go', atLeast: '1.24', versionCommand: ['no-such-go', 'version'] },
  ];
  await expect(build(toy)).rejects.toThrow('toy needs Go ≥ 1.24, not found');
});

test('old builds and stale unfinished ones are removed', async () => {
  const toy = await toyFramework(workshop, { build: 'true' });
  const builds = join(workshop.cache, 'builds');
  const stale = ['toy-0000000000000000.partial-999999999', 'other-0000000000000000.partial-999999999'];
  for (const name of stale) await mkdir(join(builds, name), { recursive: true });
  for (let round = 0; round < 6; round += 1) {
    await writeFile(join(toy.folder, 'source'), String(round));
    const { folder } = await build(toy);
    const used = Date.now() / 1000 - 7200 + round * 60;
    await utimes(folder, used, used);
  }
  expect((await cached()).filter((name) => /^toy-[0-9a-f]+$/.test(name))).toHaveLength(3);
  expect((await cached()).filter((name) => name.includes('partial'))).toEqual([]);
});

test('a build that another lab finished first is used', async () => {
  const toy = await toyFramework(workshop, { build: 'sleep 0.5; cp source built' });
  const other = join(import.meta.dirname, 'testing', 'build-toy.ts');
  toy.needs = [];
  const lab = spawn(process.execPath, [other, toy.folder, workshop.logFolder, toy.build], {
    stdio: 'inherit',
  });
  const [artefact, exitCode] = await Promise.all([
    build(toy),
    new Promise((resolve) => lab.once('exit', resolve)),
  ]);
  expect(exitCode).toBe(0);
  expect(await readdir(artefact.folder)).toEqual(['built', 'source']);
  expect((await cached()).filter((name) => name.includes('partial'))).toEqual([]);
});

test('an abort leaves neither a process nor a partial folder', async () => {
  const toy = await toyFramework(workshop, { build: 'touch running; sleep 1000 & sleep 1000' });
  const abort = new AbortController();
  const building = failure(build(toy, abort.signal));
  await until('the build runs', async () => (await processesIn(workshop.cache)).length >= 2);
  abort.abort(new Error('interrupted'));
  expect(await building).toEqual(new Error('interrupted'));
  expect(await cached()).toEqual([]);
  expect(await processesIn(workshop.cache)).toEqual([]);
});

test.runIf(containment().pidNamespace)('a kill -9 leaves no process; the next build clears up', async () => {
  const toy = await toyFramework(workshop, { build: 'touch running; setsid sleep 1000 & sleep 1000' });
  const other = join(import.meta.dirname, 'testing', 'build-toy.ts');
  const lab = spawn(process.execPath, [other, toy.folder, workshop.logFolder, toy.build], {
    stdio: 'inherit',
  });
  await until('the build runs', async () => (await processesIn(workshop.cache)).length >= 2);
  lab.kill('SIGKILL');
  await until('nothing is left', async () => (await processesIn(workshop.cache)).length === 0, 10_000);
  expect((await cached()).some((name) => name.includes('partial'))).toBe(true);
  await build({ ...toy, build: 'true' });
  expect((await cached()).some((name) => name.includes('partial'))).toBe(false);
});

/** Command lines of processes that run in a folder below this one. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const working = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return working.startsWith(folder) ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
    }),
  );
  return found.filter((line) => line !== '');
}
