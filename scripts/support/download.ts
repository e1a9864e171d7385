import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { partialName } from './cache.ts';
import { runCommand } from './command.ts';
import { LabError, messageOf } from './errors.ts';
import { timeouts } from './timeouts.ts';

/** A file of a release and what it must be: the program itself, or an archive with it. */
export interface ReleaseFile {
  /** Relative to the release's address. */
  file: string;
  sha256: string;
}

export interface DownloadRequest {
  /** Of the program. */
  name: string;
  release: ReleaseFile;
  /** Folder of the file, ending in `/`. */
  baseUrl: string;
  /** Where the program is put. */
  target: string;
  logFile: string;
  signal: AbortSignal;
}

/**
 * Downloads a released program, checks it by SHA-256 before anything of it is used, and puts it in its place.
 * Throws a LabError `<name>-download`, or the signal's reason.
 */
export async function downloadProgram(request: DownloadRequest): Promise<void> {
  const { release, target, signal } = request;
  const folder = partialName(`${target}-download`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const file = join(folder, basename(release.file));
    await fetchFile(request, file, signal);
    await verify(request, file);
    const program = /\.(tar\.gz|zip)$/.test(file) ? await unpack(request, folder) : file;
    await chmod(program, 0o755);
    await rename(program, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchFile(request: DownloadRequest, file: string, signal: AbortSignal): Promise<void> {
  const url = new URL(request.release.file, request.baseUrl);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeouts.downloadMs)]);
  try {
    const response = await fetch(url, { signal: limit });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file), { signal: limit });
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : '';
    throw new LabError(codeOf(request), `${url.href}: ${messageOf(error)}${cause}`, { cause: error });
  }
}

async function verify(request: DownloadRequest, file: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const [found, expected] = [hash.digest('hex'), request.release.sha256];
  if (found === expected) return;
  throw new LabError(codeOf(request), `${file} has SHA-256 ${found}, expected ${expected}: it was not used`);
}

async function unpack(request: DownloadRequest, folder: string): Promise<string> {
  const { name, release, logFile, signal } = request;
  const code = codeOf(request);
  // GNU tar reads tar.gz; the tar of macOS reads zip, too.
  const argv = ['tar', '-xf', basename(release.file)];
  await runCommand({ purpose: `unpacking ${name}`, code, argv, cwd: folder, logFile, signal });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const program = entries.find((entry) => entry.isFile() && entry.name === name);
  if (program === undefined) throw new LabError(code, `no program ${name} in the archive`);
  return join(program.parentPath, program.name);
}

function codeOf({ name }: DownloadRequest): string {
  return `${name}-download`;
}
