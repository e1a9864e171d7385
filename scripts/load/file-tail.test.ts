import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileTail } from './file-tail.ts';

test('lines come out whole and in order, however they were written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-tail-'));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.integer({ min: 1, max: 7 }),
      async (words, size) => {
        const file = join(folder, String((run += 1)));
        const lines = words.map((word) => word.replaceAll('\n', ''));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join('') + 'rest');
        await using tail = new FileTail(file);
        const found: string[] = [];
        await tail.read((line) => found.push(line));
        for (let at = 0; at < bytes.length; at += size) {
          await appendFile(file, bytes.subarray(at, at + size));
          await tail.read((line) => found.push(line));
        }
        expect(found).toEqual(lines);
        expect(tail.unfinished).toBe('rest');
      },
    ),
    { numRuns: 30 },
  );
  await rm(folder, { recursive: true });
});
