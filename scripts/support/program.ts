import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { coerce, gte } from 'semver';
import { parentDeathPrefix } from './contained.ts';
import { timeouts } from './timeouts.ts';

/** What must be there: `Go`, found as `go`, in version `1.24` or newer. */
export interface ProgramNeed {
  name: string;
  command: string;
  atLeast: string;
  versionCommand: string[];
}

/** The version found, as the program writes it, or a sentence for the reader saying what is missing. */
export type ProgramCheck = { version: string } | { reason: string };

/** Absolute path of a program on the PATH, or undefined. A name with a slash is taken as a path. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first dotted number in a program's output, else its first number (`openjdk version "21"`). */
function versionIn(output: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(output)?.[0] ?? /\d+/.exec(output)?.[0];
}

/** True when `version` is `atLeast` or newer; both may have fewer than three numbers. */
export function isAtLeast(version: string, atLeast: string): boolean {
  const [found, lowest] = [coerce(version), coerce(atLeast)];
  return found !== null && lowest !== null && gte(found, lowest);
}

/** Looks for a program and its version. Never throws for a missing or a broken one: that is the answer. */
export async function checkProgram(need: ProgramNeed): Promise<ProgramCheck> {
  const needs = `needs ${need.name} ≥ ${need.atLeast}`;
  if (findProgram(need.command) === undefined) return { reason: `${needs}, not found` };
  const [program = need.command, ...args] = [...parentDeathPrefix(), ...need.versionCommand];
  const shown = need.versionCommand.join(' ');
  const result = await execa(program, args, {
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: timeouts.versionCommandMs,
    killDescendants: true,
    killSignal: 'SIGKILL',
  });
  if (result.timedOut) return { reason: `${needs}, but \`${shown}\` does not end` };
  if (result.failed) {
    const said = result.all.trim().split('\n')[0] || result.shortMessage;
    return { reason: `${needs}, but \`${shown}\` failed: ${said}` };
  }
  const version = versionIn(result.all);
  if (version === undefined) return { reason: `${needs}, but \`${shown}\` prints no version` };
  return isAtLeast(version, need.atLeast) ? { version } : { reason: `${needs}, found ${version}` };
}
