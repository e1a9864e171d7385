import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandLine, runCommand } from './command.ts';
import { containment } from './contained.ts';
import { LabError } from './errors.ts';
import { uniqueSeconds } from './testing/unique-seconds.ts';
import { until } from './testing/until.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-command-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(script: string, signal = new AbortController().signal): Promise<number> {
  const logFile = join(folder, 'log');
  const argv = ['sh', '-e', '-c', script];
  return runCommand({ purpose: 'trial', code: 'trial-failed', argv, cwd: folder, logFile, signal });
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Processes whose command line has this word. */
async function processesWith(word: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(word));
}

const onLinux = process.platform === 'linux';

test('output of both streams goes to the log', async () => {
  expect(await run('echo out; echo err >&2')).toBeGreaterThan(0);
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('out\nerr\n');
});

test('a failure shows command, exit code with meaning, log and last lines', async () => {
  const error = await errorOf(run('for i in $(seq 30); do echo "line $i"; done; exit 3'));
  expect(error).toBeInstanceOf(LabError);
  const message = (error as LabError).message.replaceAll(folder, '<folder>').replace(/\d\.\d s/, '<n> s');
  expect(message.split('\n').slice(0, 6).join('\n')).toMatchInlineSnapshot(`
    "trial failed: exit code 3 after <n> s
      command: cd <folder> && sh -e -c 'for i in $(seq 30); do echo "line $i"; done; exit 3'
      log:     <folder>/log
      Last lines of its output:
        line 11
        line 12"
  `);
  expect(message).toMatch(/line 30$/);
  expect(message).not.toContain('line 10\n');
});

test.each([
  ['exit 127', 'exit code 127 (command not found)'],
  ['exit 137', 'exit code 137 (ended by SIGKILL, often for lack of memory)'],
  ['exit 143', 'exit code 143 (ended by SIGTERM)'],
  ['true; false', 'exit code 1 after'],
])('%s is told as %s', async (script, expected) => {
  expect(String(await errorOf(run(script)))).toContain(expected);
});

test('the command line can be pasted into a shell', () => {
  expect(commandLine(['sh', '-c', `echo "it's"`, '', 'a b'])).toBe(`sh -c 'echo "it'\\''s"' '' 'a b'`);
});

describe.runIf(onLinux)('nothing outlives', () => {
  test('an abort, not even a child in the background; the reason is thrown', async () => {
    const seconds = uniqueSeconds();
    const abort = new AbortController();
    const running = errorOf(run(`sleep ${seconds} & sleep ${seconds}`, abort.signal));
    await until('the command runs', async () => (await processesWith(seconds)).length >= 3);
    abort.abort(new Error('stop it'));
    expect(await running).toEqual(new Error('stop it'));
    expect(await processesWith(seconds)).toEqual([]);
  });

  test('the end of the command', async () => {
    const seconds = uniqueSeconds();
    await run(`sleep ${seconds} & echo started`);
    await until('nothing is left', async () => (await processesWith(seconds)).length === 0, 10_000);
  });

  test.runIf(containment().pidNamespace)('a kill -9 of the lab, not even a session of its own', async () => {
    const seconds = uniqueSeconds();
    const parent = join(import.meta.dirname, 'testing', 'run-command.ts');
    const script = `setsid sleep ${seconds} & sleep ${seconds}`;
    const lab = spawn(process.execPath, [parent, folder, script], { stdio: 'inherit' });
    await until('the command runs', async () => (await processesWith(`sleep\0${seconds}`)).length >= 2);
    lab.kill('SIGKILL');
    await until('nothing is left', async () => (await processesWith(seconds)).length === 0, 10_000);
  });
});
