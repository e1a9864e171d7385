import { copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isStalePartial } from '../support/cache.ts';
import { systemCodeOf } from '../support/errors.ts';

const keptBuilds = 3;
// Another lab may run from a build that is no longer among the newest.
const inUseMs = 3_600_000;

/** Where one build is found in the cache, and what lies beside it. */
export interface CacheEntry {
  folder: string;
  logFile: string;
  /** What a failed build left, for looking into. */
  failedFolder: string;
}

/** Places of the build of a framework whose content has this hash. */
export function cacheEntry(builds: string, framework: string, hash: string): CacheEntry {
  const folder = join(builds, `${framework}-${hash.slice(0, 16)}`);
  return { folder, logFile: `${folder}.log`, failedFolder: `${folder}.failed` };
}

/** True when the build is in the cache; marks it as used now. */
export async function isCached(entry: CacheEntry): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(entry.folder, now, now);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Moves a finished build to its place; where another lab was quicker, its build is used and ours removed. */
export async function publish(partial: string, entry: CacheEntry): Promise<void> {
  try {
    await rename(partial, entry.folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error;
    await removeFolder(partial);
  }
}

/** Moves what a failed build left to the place its error names. */
export async function keepFailed(partial: string, entry: CacheEntry): Promise<void> {
  await removeFolder(entry.failedFolder);
  await rename(partial, entry.failedFolder);
}

/** Copies a build's log, where there is one, to a place whose folder is made if need be. */
export async function copyLog(logFile: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyFile(logFile, target);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** Removes a folder that a process just killed may still hold. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/**
 * Removes unfinished builds of processes that are gone, and the builds of this framework beyond the newest
 * three, unless they were used within the last hour.
 */
export async function prune(builds: string, framework: string): Promise<void> {
  const names = await readdir(builds);
  for (const name of names.filter(isStalePartial)) await removeFolder(join(builds, name));

  // An id may begin with another one, so the hash is matched too.
  const own = names.filter((name) => name.startsWith(`${framework}-`) && isBuild(name, framework));
  const used = await Promise.all(
    own.map(async (name) => ({ name, usedMs: await usedMs(join(builds, name)) })),
  );
  const oldest = used.sort((a, b) => b.usedMs - a.usedMs).slice(keptBuilds);
  for (const { name, usedMs } of oldest) {
    if (Date.now() - usedMs < inUseMs) continue;
    for (const suffix of ['', '.log', '.failed']) await removeFolder(join(builds, `${name}${suffix}`));
  }
}

function isBuild(name: string, framework: string): boolean {
  return /^[0-9a-f]{16}$/.test(name.slice(framework.length + 1));
}

async function usedMs(folder: string): Promise<number> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch {
    return 0;
  }
}
