import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { totalmem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { manifestOf } from '../../catalogue/manifest.ts';
import type { Manifest } from '../../catalogue/model.ts';
import { validFiles } from '../../catalogue/testing/catalogue.ts';
import { guardContainer, memoryLimit } from './guard.ts';

const mebibyte = 1024 * 1024;
const valid = manifestOf('m.yaml', validFiles['manifests/hello.yaml']).manifest!;
const manifest = (changes: Partial<Manifest> = {}): Manifest => ({ ...valid, ...changes });

test('the limit is that of the manifest, else a share of half of the memory', () => {
  expect(memoryLimit(manifest({ memoryLimitBytes: 5 * mebibyte }))).toBe(5 * mebibyte);
  const alone = memoryLimit(manifest({ replicas: 1, maxSurge: 0 }));
  expect(alone).toBeGreaterThanOrEqual(512 * mebibyte);
  expect(alone).toBeLessThanOrEqual(Math.max(512 * mebibyte, totalmem() / 2));
  expect(memoryLimit(manifest({ replicas: 100, maxSurge: 100 }))).toBeLessThanOrEqual(alone);
});

test.skipIf(process.platform !== 'linux')('too much memory is told once', async () => {
  const told: string[] = [];
  const guard = guardContainer({
    pid: process.pid,
    manifest: manifest({ memoryLimitBytes: mebibyte }),
    logFile: 'none',
    onMemory: (detail) => told.push(detail),
    onLog: () => told.push('no log'),
  });
  while (told.length === 0) await sleep(20);
  await sleep(600);
  guard.stop();
  expect(told).toEqual([
    expect.stringMatching(/^OOMKilled: it used \d+ MiB of memory; its resources\.limits\.memory is 1 MiB$/),
  ]);
});

test('a log that grew after the last look is cut when the app has ended', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const logFile = join(folder, 'log');
  const told: string[] = [];
  const onLog = (detail: string) => told.push(detail);
  const guard = guardContainer({ pid: 0, manifest: manifest(), logFile, onMemory: onLog, onLog });
  appendFileSync(logFile, Buffer.alloc(11 * mebibyte, 'x'));
  // Nothing was awaited, so the guard has not looked yet.
  guard.stop();
  expect(statSync(logFile).size).toBe(mebibyte);
  expect(told).toHaveLength(1);
  rmSync(folder, { recursive: true });
});

test('a log that grows too long is cut to its beginning, as often as it does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const logFile = join(folder, 'log');
  const told: string[] = [];
  const onLog = (detail: string) => told.push(detail);
  const guard = guardContainer({ pid: 0, manifest: manifest(), logFile, onMemory: onLog, onLog });
  appendFileSync(logFile, 'I am the server\n');
  for (let round = 0; round < 2; round += 1) {
    appendFileSync(logFile, Buffer.alloc(11 * mebibyte, 'x'));
    while (statSync(logFile).size > mebibyte) await sleep(20);
  }
  guard.stop();
  expect(readFileSync(logFile, 'utf8').slice(0, 16)).toBe('I am the server\n');
  expect(told).toEqual(['the log grew above 10 MiB and is cut to its first 1 MiB whenever it does']);
  rmSync(folder, { recursive: true });
});
