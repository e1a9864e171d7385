import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, isStalePartial, openCacheFolder } from '../support/cache.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { checkProgram, findProgram, isAtLeast, type ProgramCheck } from '../support/program.ts';
import { buildK6, goNeed } from './k6-build.ts';
import { downloadK6 } from './k6-download.ts';
import { k6Archive, k6ReleaseUrl, k6Version } from './k6-release.ts';

/** A k6 that can be run. */
export interface K6 {
  program: string;
  version: string;
  source: 'PATH' | 'cache' | 'built with Go' | 'downloaded';
}

/** What is to be done to have k6, and why the better ways are not open. */
export interface K6Search {
  /** Undefined when it has to be made first. */
  k6: K6 | undefined;
  /** Why it is not taken from the PATH. */
  path: string | undefined;
  go: ProgramCheck;
  /** Archive that could be downloaded, or why there is none. */
  download: { url: string } | { reason: string };
}

export interface ProvideOptions {
  signal: AbortSignal;
  onProgress: (text: string) => void;
  /** Where releases are downloaded from, ending in `/`; GitHub by default. */
  releaseUrl?: string;
}

/** Below the cache. The program itself is called `k6`: `k6 version` prints the name of its file first. */
const cachedFolder = join('k6', `${k6Version}-${process.platform}-${process.arch}`);

function cachedProgram(): string {
  return join(cacheFolder(), cachedFolder, 'k6');
}

async function checkK6(program: string): Promise<ProgramCheck> {
  const check = await checkProgram({
    name: 'k6',
    command: program,
    atLeast: k6Version,
    versionCommand: [program, 'version'],
  });
  if ('reason' in check || !isAtLeast(check.version, '3')) return check;
  return { reason: `needs k6 ≥ ${k6Version} and below 3, found ${check.version}` };
}

/** Looks for k6 without building or downloading it: on the PATH, then in the cache. */
export async function searchK6(): Promise<K6Search> {
  const archive = k6Archive();
  const search: K6Search = {
    k6: undefined,
    path: undefined,
    go: await checkProgram(goNeed),
    download: archive
      ? { url: new URL(archive.file, k6ReleaseUrl).href }
      : { reason: `no release is pinned for ${process.platform} on ${process.arch}` },
  };
  const onPath = findProgram('k6');
  const check = onPath === undefined ? { reason: 'not found' } : await checkK6(onPath);
  if (onPath !== undefined && 'version' in check) {
    return { ...search, k6: { program: onPath, version: check.version, source: 'PATH' } };
  }
  search.path = 'reason' in check ? `${check.reason}${onPath ? ` (${onPath})` : ''}` : undefined;
  const cached = await checkK6(cachedProgram());
  if ('version' in cached) search.k6 = { program: cachedProgram(), version: cached.version, source: 'cache' };
  return search;
}

/**
 * Finds k6 on the PATH or in the cache, else builds it with Go, else downloads a release that is pinned by
 * SHA-256. Throws a LabError `k6-missing` that names all three ways and why each failed, or the signal's reason.
 */
export async function provideK6(options: ProvideOptions): Promise<K6> {
  const search = await searchK6();
  if (search.k6) return search.k6;
  const folder = await openCacheFolder(cachedFolder);
  await removeStale(folder);
  const fromGo = 'reason' in search.go ? search.go.reason : await attempt('built with Go', options);
  if (typeof fromGo !== 'string') return fromGo;
  const downloaded =
    'reason' in search.download ? search.download.reason : await attempt('downloaded', options);
  if (typeof downloaded !== 'string') return downloaded;
  const lines = [
    `The lab needs k6 ${k6Version} (or a newer 2.x) to make load, and none of three ways to have it worked:`,
    `  1. k6 on the PATH: ${search.path ?? 'not found'}`,
    `  2. built with Go (go.k6.io/k6/v2@v${k6Version}): ${fromGo}`,
    `  3. downloaded from ${options.releaseUrl ?? k6ReleaseUrl}: ${downloaded}`,
    'Install k6 (https://grafana.com/docs/k6/latest/set-up/install-k6/) so that `k6 version` works, or make the second or third way possible.',
  ];
  throw new LabError('k6-missing', lines.join('\n'));
}

/** One way to make k6; its result, or why it failed. */
async function attempt(
  source: 'built with Go' | 'downloaded',
  options: ProvideOptions,
): Promise<K6 | string> {
  const { signal, onProgress, releaseUrl: baseUrl = k6ReleaseUrl } = options;
  const target = cachedProgram();
  const common = { target, logFile: `${target}.log`, signal };
  const archive = k6Archive();
  try {
    await rm(common.logFile, { force: true });
    if (source === 'downloaded' && archive) {
      onProgress(`downloading k6 ${k6Version}`);
      await downloadK6({ ...common, archive, baseUrl });
    } else {
      onProgress(`building k6 ${k6Version} with Go; once, some minutes`);
      await buildK6({ ...common, onProgress });
    }
    const check = await checkK6(target);
    return 'version' in check ? { program: target, version: check.version, source } : check.reason;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LabError) return indent(messageOf(error));
    throw error;
  }
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n     ');
}

async function removeStale(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(isStalePartial)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
