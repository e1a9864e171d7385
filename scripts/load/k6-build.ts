import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partialName } from '../support/cache.ts';
import { runCommand } from '../support/command.ts';
import type { ProgramNeed } from '../support/program.ts';
import { k6Version } from './k6-release.ts';

/** As the go.mod of k6 says. */
export const goNeed: ProgramNeed = {
  name: 'Go',
  command: 'go',
  atLeast: '1.25',
  versionCommand: ['go', 'version'],
};

export interface BuildRequest {
  /** Where the program is put. */
  target: string;
  logFile: string;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/**
 * Builds k6 with the Go toolchain, which checks all sources against Go's checksum database. In a throw-away
 * module and not by `go install`, which also asks for the module's deprecation notice and fails where a module
 * proxy does not have it. Takes some minutes. Throws a LabError `k6-build`, or the signal's reason.
 */
export async function buildK6({ target, logFile, signal, onProgress }: BuildRequest): Promise<void> {
  const folder = partialName(`${target}-build`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const module = 'go.k6.io/k6/v2';
    await writeFile(
      join(folder, 'go.mod'),
      `module zero-downtime-lab/k6\n\ngo 1.25.0\n\nrequire ${module} v${k6Version}\n`,
    );
    await runCommand({
      purpose: `build of k6 ${k6Version}`,
      code: 'k6-build',
      argv: ['go', 'build', '-mod=mod', '-trimpath', '-ldflags', '-s -w', '-o', 'k6', module],
      cwd: folder,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
      logFile,
      signal,
      onProgress,
    });
    await rename(join(folder, 'k6'), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
