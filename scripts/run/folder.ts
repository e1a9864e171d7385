import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError, messageOf, systemCodeOf } from '../support/errors.ts';

/** `2026-11-21T10-15-30`: sorts by time and is a file name everywhere. */
export function newRunId(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(':', '-');
}

const reasons: { [code: string]: string } = {
  ENOSPC: 'no space is left on the device: make room, or choose another folder with --results',
  EACCES: 'permission denied: choose another folder with --results',
  EROFS: 'the file system is read-only: choose another folder with --results',
};

function explain(path: string, error: unknown): LabError {
  const reason = reasons[systemCodeOf(error) ?? ''] ?? messageOf(error);
  return new LabError('results-not-writable', `Cannot write ${path}: ${reason}.`, { cause: error });
}

/** Makes a folder and its parents; a LabError says why where that is not possible. */
export function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw explain(path, error);
  }
  return path;
}

/** Writes a whole file or nothing, so that a reader never sees half of one. */
export function writeWhole(path: string, content: string): void {
  try {
    writeFileSync(`${path}.partial`, content);
    renameSync(`${path}.partial`, path);
  } catch (error) {
    throw explain(path, error);
  }
}

/** Writes a value as indented JSON. */
export function writeJson(folder: string, name: string, value: unknown): void {
  writeWhole(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
