import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PodLog } from './pod-log.ts';
import { fakeKubectl } from './testing/fake-kubectl.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lab-pod-log-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 97)}\n`).join(
  '',
);

/** A log of which every reading that follows it breaks off a third further on. */
const breaking = `
case "$*" in
  *--follow) n=$(cat turn 2>/dev/null || echo 1); echo $((n + 1)) > turn
    head -c $((n * 31111)) log; echo "unexpected EOF" >&2; exit 1 ;;
  *) cat log ;;
esac`;

test('a log that breaks off again and again is whole in the end', async () => {
  using fake = fakeKubectl(breaking);
  writeFileSync(join(fake.folder, 'log'), lines);
  const file = join(folder, 'console');
  using log = new PodLog(fake.kubectl, { pod: 'pod-1', container: 'k6', file });
  for (const bytes of [31_111, 62_222]) {
    expect(await log.follow(never)).toBe('unexpected EOF');
    expect(log.bytes).toBe(bytes);
    expect(readFileSync(file, 'utf8')).toBe(lines.slice(0, bytes));
  }
  await log.readToEnd(never);
  expect(readFileSync(file, 'utf8')).toBe(lines);
  expect(log.lastLine()).toBe(`line 1999 ${'x'.repeat(1999 % 97)}`);
});

test('a log that was put aside meanwhile is not taken for the same', async () => {
  using fake = fakeKubectl(breaking);
  writeFileSync(join(fake.folder, 'log'), lines);
  using log = new PodLog(fake.kubectl, { pod: 'pod-1', container: 'k6', file: join(folder, 'console') });
  await log.follow(never);
  writeFileSync(join(fake.folder, 'log'), lines.slice(50_000));
  await expect(log.follow(never)).rejects.toThrow('the log is not what it was at byte 0');
  writeFileSync(join(fake.folder, 'log'), lines.slice(0, 500));
  await expect(log.readToEnd(never)).rejects.toThrow('30611 bytes shorter');
});

test('a log that cannot be read to its end is an error', async () => {
  using fake = fakeKubectl('echo "pods k6 not found" >&2; exit 1');
  using log = new PodLog(fake.kubectl, { pod: 'pod-1', container: 'k6', file: join(folder, 'console') });
  await expect(log.readToEnd(never)).rejects.toThrow('kubectl logs failed: pods k6 not found');
});

test('following ends at once when it is told to', async () => {
  using fake = fakeKubectl('echo one; exec sleep 1000');
  const file = join(folder, 'console');
  using log = new PodLog(fake.kubectl, { pod: 'pod-1', container: 'k6', file });
  const end = new AbortController();
  const followed = log.follow(end.signal);
  while (log.bytes === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  end.abort(new Error('enough'));
  await expect(followed).rejects.toThrow('enough');
  expect(readFileSync(file, 'utf8')).toBe('one\n');
});
