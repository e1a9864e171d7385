/** What happens to k6, the clock and the disk in the middle of a run costs one trial, or ends it with one message. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../support/project.ts';
import { findProgram } from '../support/program.ts';
import { until } from '../support/testing/until.ts';
import { fileContains } from './testing/lab-process.ts';
import { measuredRow, tooBusyRow } from './testing/rows.ts';
import { tinyLabs, writeProgram, type TinyLab } from './testing/tiny-lab.ts';

const labs = tinyLabs();

afterEach(() => labs.remove());

const stack = /^ +at /m;

/** Waits until requests of this trial have been answered. */
async function loadBegan(lab: TinyLab, variant: string): Promise<void> {
  await until(
    `load on ${variant}`,
    () => lab.files(`toy/${variant}/naive/1/timeline.ndjson`).some((file) => fileContains(file, '["end",')),
    200_000,
  );
}

describe.skipIf(findProgram('k6') === undefined)('k6', () => {
  test('that is ended by a signal or writes garbage makes its trial invalid, and the run goes on', async () => {
    const names = ['killed', 'ended', 'garbled', 'good'];
    const lab = labs.make([{ id: 'toy', variants: names.map((name) => ({ name })) }], { replicas: 1 });
    const garble = `for word in "$@"; do case $word in
        --console-output=*/garbled/naive/1/*) (sleep 2; printf '{"half\\n\\0\\377 garbage\\n["start",1]\\n' >> "\${word#*=}") & ;;
      esac; done
      exec ${findProgram('k6') ?? 'k6'} "$@"`;
    const programs = writeProgram(lab, 'k6', garble);
    const run = lab.runWith({ PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` });
    const end = async (variant: string, signal: NodeJS.Signals) => {
      await loadBegan(lab, variant);
      const ofTrial = ({ command }: { command: string }) =>
        command.includes('k6 run ') && command.includes(`/${variant}/naive/1/`);
      const found = lab.processes().find(ofTrial);
      process.kill(found?.pid ?? NaN, signal);
    };
    await Promise.all([end('killed', 'SIGKILL'), end('ended', 'SIGTERM')]);
    const { exitCode, stdout, stderr } = await run.ended;
    expect([0, 2]).toContain(exitCode);
    expect(stdout).toMatch(
      /toy\/killed\/naive\/1 is invalid \(load-died\): k6 ended by itself: ended by SIGKILL/,
    );
    expect(stdout).toMatch(
      /toy\/ended\/naive\/1 is invalid \(load-died\): k6 ended by itself: exit code 105/,
    );
    expect(stdout).toMatch(
      /toy\/garbled\/naive\/1 is invalid \(load-garbled\): k6 wrote a line that is no request record/,
    );
    expect(stdout).toMatch(measuredRow('toy/good'));
    expect(stderr).not.toMatch(stack);
    expect(lab.processes()).toEqual([]);
  });
});

describe('the clock', () => {
  test('that is set forward and back in trials makes them invalid, and the run goes on', async () => {
    const variants = ['forward', 'back', 'good'].map((name) => ({ name }));
    const lab = labs.make([{ id: 'toy', variants }], { replicas: 1 });
    const offset = join(lab.root, 'clock-offset');
    const preload = join(projectRoot, 'scripts/run/testing/set-clock.mjs');
    const run = lab.runWith({ NODE_OPTIONS: `--import=${preload}`, CLOCK_OFFSET_FILE: offset });
    const set = async (variant: string, hours: number) => {
      await loadBegan(lab, variant);
      writeFileSync(offset, String(hours * 3_600_000));
    };
    await Promise.all([set('forward', 1), set('back', -1)]);
    const { exitCode, stdout, stderr } = await run.ended;
    expect([0, 2]).toContain(exitCode);
    for (const [variant, moved] of [
      ['toy/forward', String.raw`\d{7}`],
      ['toy/back', String.raw`-\d{7}`],
    ] as const) {
      if (tooBusyRow(variant).test(stdout)) continue;
      const told = `${variant}/naive/1 is invalid \\(clock-stepped\\): the wall clock moved by ${moved}`;
      expect(stdout).toMatch(new RegExp(told));
    }
    expect(stdout).toMatch(measuredRow('toy/good'));
    expect(stderr).not.toMatch(stack);
  });
});

/** Words that run a shell script where it may mount, and nobody else sees it. */
const inPrivateMounts = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
const canMount =
  spawnSync('unshare', [...inPrivateMounts.slice(1), 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

describe('a results folder', () => {
  function mounted(lab: TinyLab, script: string) {
    mkdirSync(lab.results);
    const [program = '', ...words] = inPrivateMounts;
    const env = { ...process.env, RESULTS: lab.results, NODE: process.execPath, WORDS: lab.words.join(' ') };
    return spawnSync(program, [...words, 'sh', '-c', script], { cwd: projectRoot, env, encoding: 'utf8' });
  }

  test.skipIf(!canMount)(
    'on a full disk ends the run with one message, and what was written can be read (needs mount)',
    () => {
      // Two or three trials fill it, so ten do for certain.
      const variants = Array.from({ length: 10 }, (_, index) => ({ name: `v${String(index)}` }));
      const lab = labs.make([{ id: 'toy', variants }]);
      const { stdout, stderr } = mounted(
        lab,
        `mount -t tmpfs -o size=512k tmpfs "$RESULTS"
      "$NODE" scripts/lab.ts $WORDS; echo "lab: exit code $?"
      "$NODE" scripts/report.ts latest --results "$RESULTS"; echo "report: exit code $?"`,
      );
      expect(stdout).toContain('lab: exit code 3');
      expect(stderr).toMatch(
        /Cannot write .*: no space is left on the device: make room, or choose another folder with --results/,
      );
      expect(stderr).not.toMatch(stack);
      expect(stdout).toMatch(/report: exit code [02]/);
      expect(lab.processes()).toEqual([]);
    },
  );

  test.skipIf(!canMount)('that is read-only is one message before anything is built (needs mount)', () => {
    const lab = labs.make([{ id: 'toy', build: 'echo must not run; exit 1' }]);
    const { stdout, stderr } = mounted(
      lab,
      `mount --bind "$RESULTS" "$RESULTS" && mount -o remount,bind,ro "$RESULTS"
      "$NODE" scripts/lab.ts $WORDS; echo "lab: exit code $?"`,
    );
    expect(stdout).toBe('lab: exit code 3\n');
    expect(stderr).toMatch(
      /^Cannot write .*: the file system is read-only: choose another folder with --results\.\n$/,
    );
  });

  test('whose place is taken by a file is one message before anything is built', async () => {
    const lab = labs.make([{ id: 'toy', build: 'echo must not run; exit 1' }]);
    writeFileSync(lab.results, '');
    const { exitCode, stdout, stderr } = await lab.run().ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^Cannot write .*: .* is a file: choose another folder with --results\.\n$/);
  });
});
