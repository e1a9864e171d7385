import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partialName } from './cache.ts';
import { runCommand } from './command.ts';
import type { ProgramNeed } from './program.ts';

/** A program that Go can build from its module. */
export interface GoProgram {
  name: string;
  /** Path of the module: `go.k6.io/k6/v2`. */
  module: string;
  /** Version of the module, without `v`. */
  moduleVersion: string;
  /** Lowest Go, as the module's go.mod says. */
  go: string;
  /** `main.go`, where the module has no program of its own; without it the module's root package is built. */
  main?: string;
  /** Values that the linker puts into variables. */
  variables?: { [name: string]: string };
}

export interface BuildRequest {
  /** Where the program is put. */
  target: string;
  logFile: string;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/** The Go that building this takes. */
export function goNeed({ go }: GoProgram): ProgramNeed {
  return { name: 'Go', command: 'go', atLeast: go, versionCommand: ['go', 'version'] };
}

/**
 * Builds a program with the Go toolchain, which checks all sources against Go's checksum database. In a
 * throw-away module and not by `go install`, which also asks for the module's deprecation notice and fails where
 * a module proxy does not have it. Takes some minutes. Throws a LabError `<name>-build`, or the signal's reason.
 */
export async function buildGoProgram(program: GoProgram, request: BuildRequest): Promise<void> {
  const { name, module, moduleVersion, go, main } = program;
  const { target, logFile, signal, onProgress } = request;
  const folder = partialName(`${target}-build`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const moduleFile = `module zero-downtime-lab/${name}\n\ngo ${go}.0\n\nrequire ${module} v${moduleVersion}\n`;
    await writeFile(join(folder, 'go.mod'), moduleFile);
    if (main !== undefined) await writeFile(join(folder, 'main.go'), main);
    const output = ['-ldflags', linkerFlags(program), '-o', name];
    await runCommand({
      purpose: `build of ${name} ${moduleVersion}`,
      code: `${name}-build`,
      argv: ['go', 'build', '-mod=mod', '-trimpath', ...output, main === undefined ? module : '.'],
      cwd: folder,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
      logFile,
      signal,
      onProgress,
    });
    await rename(join(folder, name), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function linkerFlags({ variables = {} }: GoProgram): string {
  const values = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return ['-s -w', ...values].join(' ');
}
