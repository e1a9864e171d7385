import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { partialName } from '../support/cache.ts';
import { runCommand } from '../support/command.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { timeouts } from '../support/timeouts.ts';
import type { K6Archive } from './k6-release.ts';

export interface DownloadRequest {
  archive: K6Archive;
  /** Folder of the archive, ending in `/`. */
  baseUrl: string;
  /** Where the program is put. */
  target: string;
  logFile: string;
  signal: AbortSignal;
}

/**
 * Downloads a release of k6, checks it by SHA-256 before anything of it is used, and puts the program in its
 * place. Throws a LabError `k6-download`, or the signal's reason.
 */
export async function downloadK6(request: DownloadRequest): Promise<void> {
  const { archive, target, logFile, signal } = request;
  const folder = partialName(`${target}-download`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const file = join(folder, archive.file);
    await fetchFile(new URL(archive.file, request.baseUrl), file, signal);
    await verify(file, archive.sha256);
    // GNU tar reads tar.gz; the tar of macOS reads zip, too.
    const argv = ['tar', '-xf', archive.file];
    await runCommand({ purpose: 'unpacking k6', code: 'k6-download', argv, cwd: folder, logFile, signal });
    const program = await findUnpacked(folder);
    await chmod(program, 0o755);
    await rename(program, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchFile(url: URL, file: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeouts.downloadMs)]);
  try {
    const response = await fetch(url, { signal: limit });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file), { signal: limit });
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : '';
    throw new LabError('k6-download', `${url.href}: ${messageOf(error)}${cause}`, { cause: error });
  }
}

async function verify(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === expected) return;
  throw new LabError('k6-download', `${file} has SHA-256 ${found}, expected ${expected}: it was not used`);
}

async function findUnpacked(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const program = entries.find((entry) => entry.isFile() && entry.name === 'k6');
  if (program === undefined) throw new LabError('k6-download', `no program k6 in the archive`);
  return join(program.parentPath, program.name);
}
