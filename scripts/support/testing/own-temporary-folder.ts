/** Each test file has a temporary folder of its own: of the labs that share one only one at a time may measure (`run/lock.ts`). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const shared = tmpdir();
const own = mkdtempSync(join(shared, 'lab-tests-'));
process.env['TMPDIR'] = own;

afterAll(() => {
  process.env['TMPDIR'] = shared;
  rmSync(own, { recursive: true, force: true, maxRetries: 5 });
});
