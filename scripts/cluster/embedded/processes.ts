import { readFileSync } from 'node:fs';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile, or this system has no /proc: nothing is known of it.
    return '';
  }
}

/** Ids of a process and its descendants. Those whose parent is a second thread of a process are not found. */
export function processTree(pid: number): number[] {
  const found = [pid];
  for (const parent of found) {
    const children = read(`/proc/${String(parent)}/task/${String(parent)}/children`);
    found.push(...children.split(' ').filter(Boolean).map(Number));
  }
  return found;
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/** Resident memory of these processes; pages that several of them share count for each. 0 where not known. */
export function residentBytes(pids: number[]): number {
  return pids.reduce((sum, pid) => sum + kilobytes(read(`/proc/${String(pid)}/status`), 'VmRSS'), 0);
}

/** As `residentBytes`, with shared pages counted once; costs a walk through all mappings. */
export function proportionalBytes(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const rollup = read(`/proc/${String(pid)}/smaps_rollup`);
    return sum + (rollup === '' ? residentBytes([pid]) : kilobytes(rollup, 'Pss'));
  }, 0);
}
