import { delimiter, dirname } from 'node:path';
import { provideK6 } from './load/provision.ts';
import { messageOf } from './support/errors.ts';

/**
 * Runs once before all tests (vitest's `globalSetup`): has k6 built if need be, here and not in many test
 * processes at once, and puts it on the PATH. Tests that need k6 are skipped when it cannot be had.
 */
export async function setup(): Promise<void> {
  const { signal } = new AbortController();
  try {
    const k6 = await provideK6({ signal, onProgress: (text) => process.stderr.write(`${text}\n`) });
    if (k6.source === 'PATH') return;
    process.env['PATH'] = `${dirname(k6.program)}${delimiter}${process.env['PATH'] ?? ''}`;
  } catch (error) {
    process.stderr.write(`Tests that need k6 are skipped.\n${messageOf(error)}\n`);
  }
}
