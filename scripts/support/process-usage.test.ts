import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { usageFrom, usageOfProcess } from './process-usage.ts';

const stat =
  '1 (k6 (x) y) S 0 1 1 0 -1 4194560 8480 0 1 0 56 17 0 0 20 0 8 0 5159346 1337917440 14436 18446744073709551615';

describe('what a process has used', () => {
  test('from the texts of proc, whatever its name', () => {
    const status = 'Name:\tk6\nVmHWM:\t   60000 kB\nVmRSS:\t   57948 kB\nThreads:\t8\n';
    expect(usageFrom(stat, status)).toEqual({ cpuMs: 730, residentBytes: 57948 * 1024 });
  });

  test('without its memory, and from a text that is something else', () => {
    expect(usageFrom(stat, '')).toEqual({ cpuMs: 730, residentBytes: null });
    expect(usageFrom('cat: /proc/1/stat: No such file', '')).toBeUndefined();
  });

  test.runIf(process.platform === 'linux')(
    'of a process that is there, and of one that is gone',
    async () => {
      const child = spawn(process.execPath, [
        '-e',
        'const end = Date.now() + 300; while (Date.now() < end); console.log(); setTimeout(() => {}, 60_000)',
      ]);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const { cpuMs, residentBytes } = usageOfProcess(child.pid!)!;
      expect(cpuMs).toBeGreaterThan(0);
      expect(residentBytes).toBeGreaterThan(1_000_000);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      expect(usageOfProcess(child.pid!)).toBeUndefined();
    },
  );
});
