import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';

/**
 * Waits for a condition, and fails with a description, of what is there then, when it does not come true. The limit is
 * against what hangs: a busy machine may take its time.
 */
export async function until(
  description: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  limitMs = 120_000,
): Promise<void> {
  const deadlineMs = monotonicMs() + limitMs;
  while (!(await condition())) {
    if (monotonicMs() > deadlineMs) {
      const described = typeof description === 'string' ? description : description();
      throw new Error(`not within ${String(limitMs / 1000)} s: ${described}`);
    }
    await sleep(25);
  }
}
