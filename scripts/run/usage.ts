import { monotonicMs } from '../support/clock.ts';
import { usageOfProcess, type ProcessUsage } from '../support/process-usage.ts';
import type { UsageRecord } from '../timeline/records.ts';

/** A process of the instrument whose share of the machine is recorded: one of this machine, or one that can be asked. */
export type Measured = { process: UsageRecord['process'] } & (
  { pid: number } | { usage: () => Promise<ProcessUsage | undefined> }
);

interface Reading extends ProcessUsage {
  atMs: number;
}

async function read(measured: Measured): Promise<Reading | undefined> {
  const usage = 'pid' in measured ? usageOfProcess(measured.pid) : await measured.usage();
  return usage && { ...usage, atMs: monotonicMs() };
}

/**
 * Begins to measure. The returned function gives one record for each process that is still there; `atMs` is the
 * trial time of its call.
 */
export async function measureUsage(
  measured: readonly Measured[],
): Promise<(atMs: number) => Promise<UsageRecord[]>> {
  const before = await Promise.all(measured.map(read));
  return async (atMs) => {
    const after = await Promise.all(measured.map(read));
    return measured.flatMap(({ process: name }, index): UsageRecord[] => {
      const [first, last] = [before[index], after[index]];
      if (!first || !last) return [];
      const cpuMs = last.cpuMs - first.cpuMs;
      const wallMs = last.atMs - first.atMs;
      return [{ type: 'usage', atMs, process: name, cpuMs, wallMs, residentBytes: last.residentBytes }];
    });
  };
}
