import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PodFile } from './pod-file.ts';
import { PodShell } from './pod-shell.ts';
import { fakeKubectl } from './testing/fake-kubectl.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lab-pod-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const exec = 'for word; do program=$word; done; exec "$program"';
/** Every other connection passes so many bytes on, which is somewhere in an answer, and is lost. */
const breaking = `n=$(cat turn 2>/dev/null || echo 0); echo $((n + 1)) > turn
[ $((n % 2)) = 1 ] && exec sh
sh 2>/dev/null | { dd bs=1000 count=30; kill -KILL $$; } 2>/dev/null`;

const line = (index: number): string => `line ${index} ü ${'x'.repeat(index % 97)}\n`;

test('what is appended comes in its order, and every byte once', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'reader');
  const [source, copy] = ['records', join(folder, 'copy')];
  using file = new PodFile(shell, { source, copy });
  expect(await file.read()).toBe(false);
  expect(file.lastLine()).toBe('');
  let whole = '';
  for (const part of ['first\nsec', 'ond\n', 'ü'.repeat(40_000), '\nlast\n']) {
    appendFileSync(join(fake.folder, source), part);
    whole += part;
    expect(await file.read()).toBe(true);
    expect(await file.read()).toBe(false);
    expect(readFileSync(copy, 'utf8')).toBe(whole);
    expect(file.lastLine()).toBe(whole.endsWith('\n') ? whole.split('\n').at(-2) : '');
  }
  await file.readToEnd();
  expect(readFileSync(copy, 'utf8')).toBe(whole);
});

test('an answer that breaks off is asked for again', async () => {
  using fake = fakeKubectl(breaking);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'reader');
  const [source, copy] = ['records', join(folder, 'copy')];
  using file = new PodFile(shell, { source, copy });
  let whole = '';
  let failures = 0;
  for (let part = 0; part < 6; part += 1) {
    const text = Array.from({ length: 200 }, (_, index) => line(part * 200 + index)).join('');
    appendFileSync(join(fake.folder, source), text);
    whole += text;
    await file.read().catch((error: unknown) => {
      expect(String(error)).toContain('the shell ended');
      failures += 1;
    });
    expect(whole.startsWith(readFileSync(copy, 'utf8'))).toBe(true);
  }
  expect(failures).toBeGreaterThan(0);
  await file.readToEnd();
  expect(readFileSync(copy, 'utf8')).toBe(whole);
});

test('a file that is not what was read of it is noticed', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'reader');
  using file = new PodFile(shell, { source: 'records', copy: join(folder, 'copy') });
  writeFileSync(join(fake.folder, 'records'), 'one\ntwo\n');
  await file.read();
  writeFileSync(join(fake.folder, 'records'), 'one\n');
  await expect(file.readToEnd()).rejects.toThrow('records has 4 bytes in its pod, and 8 came out of it');
});
