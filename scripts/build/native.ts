import { appendFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Framework } from '../catalogue/model.ts';
import { openCacheFolder, partialName } from '../support/cache.ts';
import { monotonicMs } from '../support/clock.ts';
import { runCommand } from '../support/command.ts';
import { LabError } from '../support/errors.ts';
import {
  cacheEntry,
  copyLog,
  isCached,
  keepFailed,
  prune,
  publish,
  removeFolder,
  type CacheEntry,
} from './build-cache.ts';
import { copySources, hashSources, listSources, type SourceFile } from './sources.ts';
import { checkNeeds } from './toolchains.ts';

/** A built app. */
export interface Artefact {
  /** The built copy; start commands run in it. */
  folder: string;
  cached: boolean;
  durationMs: number;
}

export interface BuildOptions {
  signal: AbortSignal;
  /** A copy of the build's log is put here as `<framework>.log`. */
  logFolder: string;
  /** Last line of the build's output, now and then. */
  onProgress?: (line: string) => void;
}

/** Changes when the way of building changes, so that older builds are not taken for new ones. */
const cacheFormat = 1;

/**
 * Builds an app in a copy in the cache, or finds it there: the same files, build script and toolchains give
 * the same folder. Throws a LabError `toolchain-missing` or `build-failed`, or the signal's reason.
 */
export async function buildFramework(framework: Framework, options: BuildOptions): Promise<Artefact> {
  const startedMs = monotonicMs();
  const needs = await checkNeeds(framework.needs);
  if ('reason' in needs) throw new LabError('toolchain-missing', `${framework.id} ${needs.reason}`);

  const files = await listSources(framework.folder);
  const hash = await hashSources(framework.folder, files, {
    cacheFormat,
    build: framework.build,
    versions: needs.versions,
    platform: process.platform,
    architecture: process.arch,
  });
  const builds = await openCacheFolder('builds');
  const entry = cacheEntry(builds, framework.id, hash);
  const cached = await isCached(entry);
  if (!cached) {
    await buildInto(entry, { framework, files, options });
    await prune(builds, framework.id);
  }
  await copyLog(entry.logFile, runLog(framework, options));
  return { folder: entry.folder, cached, durationMs: monotonicMs() - startedMs };
}

function runLog({ id }: Framework, { logFolder }: BuildOptions): string {
  return join(logFolder, `${id}.log`);
}

interface BuildJob {
  framework: Framework;
  files: SourceFile[];
  options: BuildOptions;
}

async function buildInto(entry: CacheEntry, { framework, files, options }: BuildJob): Promise<void> {
  const partial = partialName(entry.folder);
  const partialLog = `${partial}.log`;
  await removeFolder(partial);
  await rm(partialLog, { force: true });
  try {
    await copySources(framework.folder, files, partial);
    await appendFile(partialLog, '');
    if (framework.build.trim() !== '') await runScript({ framework, partial, partialLog, entry, options });
    await rename(partialLog, entry.logFile);
    await publish(partial, entry);
  } catch (error) {
    if (error instanceof LabError) {
      await rename(partialLog, entry.logFile);
      await copyLog(entry.logFile, runLog(framework, options));
      await keepFailed(partial, entry);
    }
    throw error;
  } finally {
    await removeFolder(partial);
    await rm(partialLog, { force: true });
  }
}

interface ScriptRun {
  framework: Framework;
  partial: string;
  partialLog: string;
  entry: CacheEntry;
  options: BuildOptions;
}

async function runScript({ framework, partial, partialLog, entry, options }: ScriptRun): Promise<void> {
  const { signal, onProgress } = options;
  await runCommand({
    purpose: `build of ${framework.id}`,
    code: 'build-failed',
    argv: ['sh', '-e', '-c', framework.build],
    cwd: partial,
    shownFolder: entry.failedFolder,
    env: { NO_COLOR: '1' },
    logFile: partialLog,
    shownLogFile: entry.logFile,
    signal,
    ...(onProgress && { onProgress }),
  });
}
