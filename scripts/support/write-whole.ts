import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError, messageOf, systemCodeOf } from './errors.ts';

const elsewhere = 'choose another folder with --results';
const reasons: { [code: string]: string } = {
  ENOSPC: `no space is left on the device: make room, or ${elsewhere}`,
  EACCES: `permission denied: ${elsewhere}`,
  EROFS: `the file system is read-only: ${elsewhere}`,
  EEXIST: `a file is in its place: remove it, or ${elsewhere}`,
  ENOTDIR: `one of the folders above it is a file: ${elsewhere}`,
};

/** A failed write as an error for the user, code `results-not-writable`. */
export function notWritable(path: string, error: unknown): LabError {
  const reason = reasons[systemCodeOf(error) ?? ''] ?? messageOf(error);
  return new LabError('results-not-writable', `Cannot write ${path}: ${reason}.`, { cause: error });
}

/** Makes a folder and its parents and returns it. Throws `results-not-writable`. */
export function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw notWritable(path, firstObstacle(path) ?? error);
  }
  return path;
}

/** A recursive mkdir reports ENOENT where the first folder that is missing cannot be made; this tells why. */
function firstObstacle(path: string): unknown {
  let missing = path;
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  try {
    mkdirSync(missing);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Writes a whole file or nothing, so that a reader never sees half of one; makes its folder. */
export function writeWhole(path: string, content: string): void {
  makeFolder(dirname(path));
  try {
    writeFileSync(`${path}.partial`, content);
    renameSync(`${path}.partial`, path);
  } catch (error) {
    // On a full device the half of it would only take room.
    rmSync(`${path}.partial`, { force: true });
    throw notWritable(path, error);
  }
}

/** Writes a value as indented JSON. Throws `results-not-writable`. */
export function writeJson(path: string, value: unknown): void {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}
