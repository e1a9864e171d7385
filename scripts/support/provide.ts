import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, isStalePartial, openCacheFolder } from './cache.ts';
import { downloadProgram, type ReleaseFile } from './download.ts';
import { LabError, messageOf } from './errors.ts';
import { buildGoProgram, goNeed, type GoProgram } from './go-build.ts';
import { checkProgram, findProgram, isAtLeast, type ProgramCheck } from './program.ts';

/** A program that the lab takes from the PATH, or makes for itself. */
export interface Providable {
  name: string;
  /** What is built or downloaded, without `v`. */
  version: string;
  /** Which ones on the PATH will do: from `atLeast` on and below `below`. */
  fits: { atLeast: string; below: string };
  /** What it is needed for, with its version, as in `The lab needs … `. */
  need: string;
  /** Words after the program that make it print its version. */
  versionWords: string[];
  go: GoProgram;
  release: { url: string; files: { [platform: string]: ReleaseFile } };
  /** Where a reader learns to install it. */
  installUrl: string;
}

/** A program that can be run. */
export interface Provided {
  program: string;
  version: string;
  source: 'PATH' | 'cache' | 'built with Go' | 'downloaded';
}

/** What is to be done to have the program, and why the better ways are not open. */
export interface ProgramSearch {
  /** Undefined when it has to be made first. */
  found: Provided | undefined;
  /** Why it is not taken from the PATH. */
  path: string | undefined;
  go: ProgramCheck;
  /** File that could be downloaded, or why there is none. */
  download: { url: string } | { reason: string };
}

export interface ProvideOptions {
  signal: AbortSignal;
  onProgress: (text: string) => void;
  /** In place of the release's own address, ending in `/`. */
  releaseUrl?: string;
}

/** Below the cache. The file is called as the program: some print the name of their file before the version. */
function cachedFolder({ name, version }: Providable): string {
  return join(name, `${version}-${process.platform}-${process.arch}`);
}

function cachedProgram(wanted: Providable): string {
  return join(cacheFolder(), cachedFolder(wanted), wanted.name);
}

function releaseFile({ release }: Providable): ReleaseFile | undefined {
  return release.files[`${process.platform}-${process.arch}`];
}

async function check({ name, fits, versionWords }: Providable, program: string): Promise<ProgramCheck> {
  const { atLeast, below } = fits;
  const found = await checkProgram({
    name,
    command: program,
    atLeast,
    versionCommand: [program, ...versionWords],
  });
  if ('reason' in found || !isAtLeast(found.version, below)) return found;
  return { reason: `needs ${name} ≥ ${atLeast} and below ${below}, found ${found.version}` };
}

/** Looks for a program without building or downloading it: on the PATH, then in the cache. */
export async function searchProgram(wanted: Providable): Promise<ProgramSearch> {
  const file = releaseFile(wanted);
  const search: ProgramSearch = {
    found: undefined,
    path: undefined,
    go: await checkProgram(goNeed(wanted.go)),
    download: file
      ? { url: new URL(file.file, wanted.release.url).href }
      : { reason: `no release is pinned for ${process.platform} on ${process.arch}` },
  };
  const onPath = findProgram(wanted.name);
  const checked = onPath === undefined ? { reason: 'not found' } : await check(wanted, onPath);
  if (onPath !== undefined && 'version' in checked) {
    return { ...search, found: { program: onPath, version: checked.version, source: 'PATH' } };
  }
  search.path = 'reason' in checked ? `${checked.reason}${onPath ? ` (${onPath})` : ''}` : undefined;
  const program = cachedProgram(wanted);
  const cached = await check(wanted, program);
  if ('version' in cached) search.found = { program, version: cached.version, source: 'cache' };
  return search;
}

/**
 * Finds a program on the PATH or in the cache, else builds it with Go, else downloads a release that is pinned by
 * SHA-256. Throws a LabError `<name>-missing` that names all three ways and why each failed, or the signal's reason.
 */
export async function provideProgram(wanted: Providable, options: ProvideOptions): Promise<Provided> {
  const { name, need, go, release } = wanted;
  const search = await searchProgram(wanted);
  if (search.found) return search.found;
  await removeStale(await openCacheFolder(cachedFolder(wanted)));
  const fromGo = 'reason' in search.go ? search.go.reason : await build(wanted, options);
  if (typeof fromGo !== 'string') return fromGo;
  const downloaded = 'reason' in search.download ? search.download.reason : await download(wanted, options);
  if (typeof downloaded !== 'string') return downloaded;
  const shown = [name, ...wanted.versionWords].join(' ');
  const lines = [
    `The lab needs ${need}, and none of three ways to have it worked:`,
    `  1. ${name} on the PATH: ${search.path ?? 'not found'}`,
    `  2. built with Go (${go.module}@v${go.moduleVersion}): ${fromGo}`,
    `  3. downloaded from ${options.releaseUrl ?? release.url}: ${downloaded}`,
    `Install ${name} (${wanted.installUrl}) so that \`${shown}\` works, or make the second or third way possible.`,
  ];
  throw new LabError(`${name}-missing`, lines.join('\n'));
}

type Target = { target: string; logFile: string; signal: AbortSignal };

function build(wanted: Providable, options: ProvideOptions): Promise<Provided | string> {
  const { signal, onProgress } = options;
  return attempt(wanted, { source: 'built with Go', signal }, (target) => {
    onProgress(`building ${wanted.name} ${wanted.version} with Go; once, some minutes`);
    return buildGoProgram(wanted.go, { ...target, onProgress });
  });
}

function download(wanted: Providable, options: ProvideOptions): Promise<Provided | string> {
  const { signal, onProgress, releaseUrl: baseUrl = wanted.release.url } = options;
  const { name } = wanted;
  return attempt(wanted, { source: 'downloaded', signal }, async (target) => {
    const release = releaseFile(wanted);
    if (release === undefined) return;
    onProgress(`downloading ${name} ${wanted.version}`);
    await downloadProgram({ name, release, baseUrl, ...target });
  });
}

/** One way to make the program; its result, or why it failed. */
async function attempt(
  wanted: Providable,
  { source, signal }: { source: Provided['source']; signal: AbortSignal },
  make: (target: Target) => Promise<void>,
): Promise<Provided | string> {
  const program = cachedProgram(wanted);
  const logFile = `${program}.log`;
  try {
    await rm(logFile, { force: true });
    await make({ target: program, logFile, signal });
    const made = await check(wanted, program);
    return 'version' in made ? { program, version: made.version, source } : made.reason;
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
