import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { monotonicMs } from '../support/clock.ts';
import type { UsageRecord } from '../timeline/records.ts';

/** A process of the instrument whose share of the machine is recorded. */
export interface Measured {
  process: UsageRecord['process'];
  pid: number;
}

interface Reading {
  cpuMs: number;
  residentBytes: number | null;
}

// Fixed by the kernel's ABI for user space on every Linux that Node runs on (getconf CLK_TCK, PAGESIZE).
const tickMs = 10;
const pageBytes = Number(pageSize());

function pageSize(): string {
  try {
    return execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).trim();
  } catch {
    return '4096';
  }
}

/** CPU time and resident memory from `/proc/<pid>/stat` (proc_pid_stat(5)); undefined where there is none. */
function read(pid: number): Reading | undefined {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() };
  }
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The command's name, in parentheses, may contain blanks: count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuMs: ticks * tickMs, residentBytes: Number(fields[21]) * pageBytes };
  } catch {
    return undefined;
  }
}

/** Begins to measure; the returned function gives one record for each process that is still there. */
export function measureUsage(measured: Measured[]): (atMs: number) => UsageRecord[] {
  const startMs = monotonicMs();
  const before = measured.map(({ pid }) => read(pid));
  return (atMs) =>
    measured.flatMap(({ process: name, pid }, index): UsageRecord[] => {
      const [first, last] = [before[index], read(pid)];
      if (!first || !last) return [];
      const cpuMs = last.cpuMs - first.cpuMs;
      const wallMs = monotonicMs() - startMs;
      return [{ type: 'usage', atMs, process: name, cpuMs, wallMs, residentBytes: last.residentBytes }];
    });
}
