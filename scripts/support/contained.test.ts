import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containedPrefix, containment } from './contained.ts';
import { findProgram } from './program.ts';
import { uniqueSeconds } from './testing/unique-seconds.ts';
import { until } from './testing/until.ts';

let folder: string;
let seconds: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contained-'));
  seconds = uniqueSeconds();
});

afterEach(() => {
  spawnSync('pkill', ['-KILL', '-f', seconds]);
  rmSync(folder, { recursive: true, force: true });
});

const processes = () => spawnSync('pgrep', ['-af', seconds], { encoding: 'utf8' }).stdout.trim();

/** A program of this name that comes before the real one, but not where the lab tries what the machine allows. */
function writeInFront(name: string, script: string): void {
  const real = `exec ${findProgram(name) ?? name} "$@"`;
  const lines = ['#!/bin/sh', `case "$*" in *" true") ${real};; esac`, script.replace('REAL', real)];
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`, { mode: 0o755 });
}

/** Kills a lab when it has started `sleep`; only then what was put in front may go on. */
async function killLab(kind: 'contained' | 'single'): Promise<void> {
  const program = join(import.meta.dirname, 'testing/start-contained.ts');
  const lab = spawn(process.execPath, [program, kind, seconds], {
    env: { ...process.env, PATH: folder + delimiter + (process.env['PATH'] ?? '') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(lab.stdout, 'data');
  await until(
    () => `it waits; there is:\n${processes()}`,
    () => existsSync(join(folder, 'waits')),
  );
  lab.kill('SIGKILL');
  await once(lab, 'close');
  expect(processes()).not.toBe('');
  writeFileSync(join(folder, 'go'), '');
}

const untilGo = () => `touch ${folder}/waits; until [ -e ${folder}/go ]; do sleep 0.05; done`;

describe.runIf(containment().parentDeathSignal)(
  'a lab that is killed leaves nothing that was about to',
  () => {
    test.each(['single', 'contained'] as const)('ask for the parent-death signal: %s', async (kind) => {
      writeInFront('setpriv', `${untilGo()}; REAL`);
      await killLab(kind);
      await until(
        () => `nothing is left; there is:\n${processes()}`,
        () => processes() === '',
      );
    });

    test.runIf(containment().pidNamespace)('ask for that of unshare, which ended with the lab', async () => {
      const withoutOptions = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';
      writeInFront('unshare', `(${untilGo()}; ${withoutOptions}) & wait`);
      await killLab('contained');
      await until(
        () => `nothing is left; there is:\n${processes()}`,
        () => processes() === '',
      );
    });
  },
);

test('a contained command has its words, its exit code and no descriptor of the lab', () => {
  const script = 'echo "$@"; ls /proc/self/fd | grep -c 9; exit 7';
  const [program, ...words] = [...containedPrefix(), 'sh', '-c', script, 'sh', 'a  b', '', '$HOME'];
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 7, stdout: 'a  b  $HOME\n0\n' });
});
