import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { JoinedLog } from './joined-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-joined-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newFile = (): string => join(folder, String((files += 1)));

function takeIn(log: JoinedLog, bytes: Buffer, size: number): void {
  for (let at = 0; at < bytes.length; at += size) log.take(bytes.subarray(at, at + size));
}

test('wherever readings break off, every byte is in the file once', () => {
  const reading = fc.record({ length: fc.nat(300), size: fc.integer({ min: 1, max: 70 }) });
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(reading), (lines, readings) => {
      const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const file = newFile();
      using log = new JoinedLog(file);
      for (const { length, size } of [...readings, { length: whole.length, size: 7 }]) {
        log.restart();
        takeIn(log, whole.subarray(0, length), size);
      }
      expect(readFileSync(file)).toEqual(whole);
      expect(log.missing).toBe(0);
      const last = whole.toString().split('\n').at(-2) ?? '';
      expect(log.lastLine()).toBe(last);
    }),
  );
});

test('a log that has become another is noticed at its first byte, and nothing is written', () => {
  const file = newFile();
  using log = new JoinedLog(file);
  log.take(Buffer.from('first\nsecond\nthird'));
  log.restart();
  log.take(Buffer.from('first\n'));
  expect(log.missing).toBe('second\nthird'.length);
  expect(() => log.take(Buffer.from('third\nfourth\n'))).toThrow('the log is not what it was at byte 6');
  expect(readFileSync(file, 'utf8')).toBe('first\nsecond\nthird');
  expect(log.lastLine()).toBe('');
});
