import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the lab keeps what is costly to make again (built apps, k6): `$ZERO_DOWNTIME_LAB_CACHE`, else
 * `zero-downtime-lab` in `$XDG_CACHE_HOME` or `~/.cache`. All of it may be deleted at any time.
 */
export function cacheFolder(): string {
  const { ZERO_DOWNTIME_LAB_CACHE: chosen, XDG_CACHE_HOME: caches } = process.env;
  if (chosen) return chosen;
  return join(caches || join(homedir(), '.cache'), 'zero-downtime-lab');
}

/** Makes a folder of the cache if need be and returns its path. */
export async function openCacheFolder(name: string): Promise<string> {
  const folder = join(cacheFolder(), name);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Name for something unfinished that belongs to this process: `<name>.partial-<pid>`. */
export function partialName(name: string): string {
  return `${name}.partial-${process.pid}`;
}

/** True for the unfinished work of a process that no longer runs. */
export function isStalePartial(fileName: string): boolean {
  const owner = /\.partial-(\d+)\b/.exec(fileName)?.[1];
  return owner !== undefined && Number(owner) !== process.pid && !isRunning(Number(owner));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
