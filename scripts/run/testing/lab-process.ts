import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/project.ts';

/** How a command of the lab ended. */
export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A command of the lab that runs. */
export interface LabProcess {
  pid: number;
  ended: Promise<Ended>;
  /** All it has written so far, both streams. */
  output: () => string;
  kill: (signal: NodeJS.Signals) => void;
}

/** Starts a command as its npm script does: `lab`, `report`, `table`, `doctor`. */
export function startCommand(
  command: string,
  words: string[],
  env: { [name: string]: string } = {},
): LabProcess {
  const child = spawn(process.execPath, [join(projectRoot, `scripts/${command}.ts`), ...words], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // As a shell does for each job: Ctrl+C would otherwise be shared with the test.
    detached: true,
  });
  const streams = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (streams.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (streams.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    ...streams,
  }));
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => streams.stdout + streams.stderr,
    kill: (signal) => child.kill(signal),
  };
}

/** Files below the results folder whose path matches. */
export function resultFiles(results: string, pattern: string): string[] {
  return existsSync(results)
    ? globSync(`runs/*/${pattern}`, { cwd: results }).map((file) => join(results, file))
    : [];
}

/** True when the file exists and contains the text. */
export function fileContains(file: string | undefined, text: string): boolean {
  return file !== undefined && existsSync(file) && readFileSync(file, 'utf8').includes(text);
}

/** Command lines of processes that mention this word, e.g. a catalogue's folder or a pod's name. */
export function processesNaming(word: string): string {
  return spawnSync('pgrep', ['-af', word], { encoding: 'utf8' }).stdout.trim();
}
