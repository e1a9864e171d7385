import { readFileSync } from 'node:fs';

/** What a process has used since it began. */
export interface ProcessUsage {
  cpuMs: number;
  /** Resident memory, bytes; null where it could not be read. */
  residentBytes: number | null;
}

// Fixed by the kernel's ABI for user space on every Linux that Node runs on (getconf CLK_TCK).
const tickMs = 10;

/**
 * CPU time from `/proc/<pid>/stat` and resident memory from `/proc/<pid>/status` (proc_pid_stat(5)); the latter
 * in kB, so that the page size of the machine, which may be another one, need not be known. Undefined when the
 * text is not what it should be.
 */
export function usageFrom(stat: string, status: string): ProcessUsage | undefined {
  // The command's name, in parentheses, may contain blanks: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) return undefined;
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return { cpuMs: ticks * tickMs, residentBytes: resident === undefined ? null : Number(resident) * 1024 };
}

/** What a process of this machine has used; undefined when it is gone or the system does not tell. */
export function usageOfProcess(pid: number): ProcessUsage | undefined {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() };
  }
  try {
    const [stat, status] = ['stat', 'status'].map((name) =>
      readFileSync(`/proc/${String(pid)}/${name}`, 'utf8'),
    );
    return usageFrom(stat ?? '', status ?? '');
  } catch {
    return undefined;
  }
}
