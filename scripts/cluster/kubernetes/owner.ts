import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { execa } from 'execa';
import { z } from 'zod';
import { systemCodeOf } from '../../support/errors.ts';

/** The process of a lab, as others can tell whether it still lives. */
export interface Owner {
  host: string;
  /** Of the running kernel and its PID namespace; null where the system does not tell. */
  boot: string | null;
  pid: number;
  /** When it started, in the kernel's own count; null where the system does not tell. */
  started: string | null;
  /** Of its run. */
  run: string;
}

const ownerSchema: z.ZodType<Owner> = z.object({
  host: z.string(),
  boot: z.string().nullable(),
  pid: z.number(),
  started: z.string().nullable(),
  run: z.string(),
});

/** This process. `run` is for people. */
export async function thisOwner(run: string): Promise<Owner> {
  const { pid } = process;
  return { host: hostname(), boot: await bootOf(), pid, started: startOf(pid) ?? null, run };
}

/** What an owner wrote of itself; undefined when it is not to be understood. */
export function readOwner(text: string | undefined): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/**
 * `dead` only when that is certain: a process of the same system, not restarted since, that does not run any more.
 * What happens on another machine, or happened before this one was restarted, cannot be known from here.
 */
export function stateOf(owner: Owner, here: Owner): 'alive' | 'dead' | 'unknown' {
  if (owner.boot === null || owner.boot !== here.boot || owner.host !== here.host) return 'unknown';
  if (!isRunning(owner.pid)) return 'dead';
  const started = startOf(owner.pid);
  // Another process has its number by now.
  if (owner.started !== null && started !== undefined && started !== owner.started) return 'dead';
  return 'alive';
}

/** `process 123 of vm, run 2026-11-21T10-15-30` */
export function describeOwner({ pid, host, run }: Owner): string {
  return `process ${pid} of ${host}${run === '' ? '' : `, run ${run}`}`;
}

async function bootOf(): Promise<string | null> {
  if (process.platform === 'linux') {
    try {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
    } catch {
      return null;
    }
  }
  const { stdout, failed } = await execa('sysctl', ['-n', 'kern.bootsessionuuid'], { reject: false });
  return failed || stdout === '' ? null : stdout;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

/** proc(5): the 22nd field of stat, in ticks since the kernel began; the second may hold blanks and brackets. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
