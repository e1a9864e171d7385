import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, systemCodeOf } from '../support/errors.ts';
import type { Problem } from './problem.ts';

/** Larger than any catalogue needs; the YAML parser takes time with the square of the number of keys. */
const maximumDocumentBytes = 64 * 1024;

/** Of files in which a version is looked up: lock files grow large. */
export const maximumLockFileBytes = 16 * 1024 * 1024;

/** Reads a text file below the root, or says why that is not possible. */
export async function readText(
  root: string,
  file: string,
  maximumBytes = maximumDocumentBytes,
): Promise<{ text: string } | { problem: Problem }> {
  try {
    const { size } = await stat(join(root, file));
    if (size > maximumBytes) {
      const found = `${Math.ceil(size / 1024)} KiB`;
      return {
        problem: fileProblem(file, { expected: `a text file of at most ${maximumBytes / 1024} KiB`, found }),
      };
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(join(root, file)));
    if (text.includes('\0'))
      return { problem: fileProblem(file, { expected: 'a text file', found: 'binary data' }) };
    return { text };
  } catch (error) {
    if (error instanceof TypeError)
      return { problem: fileProblem(file, { expected: 'a text file in UTF-8', found: 'binary data' }) };
    return { problem: fileProblem(file, { expected: 'a file that can be read', found: reasonOf(error) }) };
  }
}

/** Names of what is in a folder below the root, sorted; undefined where there is no such folder. */
export async function listFolder(root: string, folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(join(root, folder))).toSorted();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** True for a folder, and for a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** A problem of a file as a whole. */
export function fileProblem(
  file: string,
  words: { expected: string; found: string; hint?: string },
): Problem {
  return { file, position: undefined, path: '', hint: '', ...words };
}

function reasonOf(error: unknown): string {
  const code = systemCodeOf(error);
  if (code === 'ENOENT') return 'none';
  if (code === 'EISDIR') return 'a folder';
  return code ?? messageOf(error);
}
