import type { UsageRecord } from '../timeline/records.ts';
import type { TrialFindings } from './findings.ts';

/** Cores used by each process of the instrument, over all its records. */
export function usageOf(records: readonly UsageRecord[]): TrialFindings['usage'] {
  const sums = new Map<
    UsageRecord['process'],
    { cpuMs: number; wallMs: number; residentBytes: number | null }
  >();
  for (const { process, cpuMs, wallMs, residentBytes } of records) {
    const sum = sums.get(process) ?? { cpuMs: 0, wallMs: 0, residentBytes: null };
    sums.set(process, {
      cpuMs: sum.cpuMs + cpuMs,
      wallMs: sum.wallMs + wallMs,
      residentBytes:
        residentBytes === null ? sum.residentBytes : Math.max(residentBytes, sum.residentBytes ?? 0),
    });
  }
  const usage: TrialFindings['usage'] = {};
  for (const [process, { cpuMs, wallMs, residentBytes }] of sums) {
    if (wallMs > 0) usage[process] = { cores: Math.round((cpuMs / wallMs) * 10_000) / 10_000, residentBytes };
  }
  return usage;
}
