import { appendFileSync, mkdirSync, readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { uniqueSeconds } from '../support/testing/unique-seconds.ts';
import { until } from '../support/testing/until.ts';
import { fileContains, processesNaming, startCommand } from './testing/lab-process.ts';
import { measuredRow } from './testing/rows.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const labs = tinyLabs();

afterEach(() => labs.remove());

const measured = measuredRow('toy/[ab]');

const twoTrials = () => labs.make([{ id: 'toy', variants: [{ name: 'a' }, { name: 'b' }] }], { replicas: 1 });

describe('a run', () => {
  test('goes on when apps cannot be built, started or made ready', async () => {
    const lab = labs.make([
      { id: 'broken', build: 'echo preparing; echo no such library >&2; exit 4' },
      { id: 'crashing', variants: [{ name: 'server', env: { START: 'crash' } }] },
      { id: 'unready', variants: [{ name: 'server', env: { START: 'unhealthy' } }] },
      { id: 'cobol', needs: { name: 'COBOL', command: 'cobol-not-here', atLeast: '85' } },
      { id: 'good' },
    ]);
    const { exitCode, stdout, stderr } = await lab.run().ended;
    expect([0, 2]).toContain(exitCode);
    expect(stdout).toMatch(measuredRow('good/server'));
    expect(stdout).toMatch(/broken\/server +build failed/);
    expect(stdout).toMatch(/crashing\/server +.*exits at start \(exit code 3\)/);
    expect(stdout).toMatch(/unready\/server +.*never becomes ready/);
    expect(stdout).toMatch(/cobol\/server +skipped: needs COBOL ≥ 85, not found/);
    expect(stderr).toContain('no such library');
    expect(stderr).toContain('cannot find my configuration');
  });
});

describe('the command line', () => {
  test.each([
    [
      'an unknown flag',
      ['--scenaro', 'naive'],
      64,
      '--scenaro: expected an option of this command, found an unknown one. Did you mean --scenario?',
    ],
    ['an unknown framework', ['--only', 'toi'], 64, 'toy'],
    ['an unknown scenario', ['--scenario', 'naiv'], 64, 'naive'],
    [
      'a rate at which controls cannot be caught',
      ['--rate', '10'],
      64,
      '--rate: expected a whole number from 100 to 2000, found "10"',
    ],
  ])('refuses %s', async (_, words, exitCode, message) => {
    const lab = labs.make([{ id: 'toy' }]);
    const ended = await lab.run(...words).ended;
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toMatch(/^ +at /m);
  });

  test('tells where a catalogue is wrong', async () => {
    const lab = labs.make([{ id: 'toy' }]);
    appendFileSync(join(lab.root, 'scenarios.yaml'), 'slow: { titel: x, manifest: manifests/none.yaml }\n');
    const ended = await lab.run().ended;
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toMatch(/scenarios\.yaml:2:9 .*titel/);
    expect(ended.stderr).toMatch(/scenarios\.yaml:2:\d+ .*manifests\/none\.yaml/);
    expect(ended.stderr).not.toMatch(/^ +at /m);
  });

  test('lists the plan and measures nothing', async () => {
    const lab = labs.make([{ id: 'toy', variants: [{ name: 'a' }, { name: 'b' }] }]);
    const { exitCode, stdout } = await lab.run('--list', '--seed', '7').ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('toy/a/naive/1');
    expect(stdout).toContain('Seed 7');
    expect(lab.files('**')).toEqual([]);
  });
});

describe('Ctrl+C', () => {
  test('during a build ends the build', async () => {
    const sleep = `sleep ${uniqueSeconds()}`;
    const lab = labs.make([{ id: 'slow', build: `echo begun; ${sleep}` }]);
    const run = lab.run();
    await until('the build has begun', () => processesNaming(sleep) !== '');
    run.kill('SIGINT');
    expect((await run.ended).exitCode).toBe(130);
    expect(processesNaming(sleep)).toBe('');
  });

  test('during a trial keeps the trials before it', async () => {
    const lab = twoTrials();
    const run = lab.run();
    await until('the second trial restarts', () => {
      const timelines = lab.files('toy/*/naive/1/timeline.ndjson');
      return timelines.length === 2 && timelines.every((file) => fileContains(file, '"event":"began"'));
    });
    run.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(measured);
    expect(lab.files('report.md')).toHaveLength(1);
    expect(processesNaming(lab.root)).toBe('');
    expect((await lab.report().ended).stdout).toMatch(measured);
  });

  test('when the trial is being analysed keeps it', async () => {
    const lab = twoTrials();
    const run = lab.run();
    await until('the first trial is over', () =>
      lab.files('toy/*/naive/1/trial.json').some((file) => fileContains(file, 'durationMs')),
    );
    run.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(measured);
    expect(processesNaming(lab.root)).toBe('');
  });
});

describe('kill -9 of the lab', () => {
  test('leaves no process, and what was measured can be reported', async () => {
    const lab = twoTrials();
    const run = lab.run();
    await until('the second trial has load', () => {
      const timelines = lab.files('toy/*/naive/1/timeline.ndjson');
      return timelines.length === 2 && timelines.every((file) => fileContains(file, '["end",'));
    });
    expect(lab.processes().some(({ command }) => command.includes('toy.mjs'))).toBe(true);
    run.kill('SIGKILL');
    await run.ended;
    await lab.gone();
    const { exitCode, stdout } = await lab.report().ended;
    expect([0, 2]).toContain(exitCode);
    expect(stdout).toMatch(measured);
  });
});

describe('a broken instrument', () => {
  test('a balancer that dies makes the trial invalid, and the run goes on', async () => {
    const lab = twoTrials();
    const run = lab.run();
    await until('load has begun', () =>
      lab.files('toy/*/naive/1/timeline.ndjson').some((file) => fileContains(file, '["end",')),
    );
    const balancers = lab.processes().filter(({ command }) => command.includes('balancer/main.ts'));
    expect(balancers).toHaveLength(1);
    for (const { pid } of balancers) process.kill(pid, 'SIGKILL');
    const { stdout } = await run.ended;
    expect(stdout).toMatch(/toy\/[ab] +invalid/);
    expect(stdout).toContain('the balancer ended by itself (SIGKILL)');
    expect(stdout).toMatch(measured);
  });
});

describe('report', () => {
  test('uses what is whole of a cut timeline and says where it is cut', async () => {
    const lab = labs.make([{ id: 'toy' }], { replicas: 1 });
    await lab.run().ended;
    const file = lab.files('toy/server/naive/1/timeline.ndjson')[0] ?? '';
    truncateSync(file, statSync(file).size - 5);
    const { stdout } = await lab.report().ended;
    const lines = readFileSync(file, 'utf8').split('\n').length;
    expect(stdout).toContain(`toy/server/naive/1/timeline.ndjson:${String(lines)}`);
  });

  test.each([
    ['no run at all', 'nothing-here', 3],
    ['a broken run.json', 'latest', 3],
  ])('%s is one clear message', async (name, run, exitCode) => {
    const lab = labs.make([{ id: 'toy' }]);
    if (name.startsWith('a broken')) {
      await lab.run('--list').ended;
      const folder = join(lab.results, 'runs/2026-01-01T00-00-00');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'run.json'), '{ "id": ');
    }
    const ended = await startCommand('report', [run, '--results', lab.results]).ended;
    expect([exitCode, 64]).toContain(ended.exitCode);
    expect(ended.stderr).not.toMatch(/^ +at /m);
    expect(ended.stderr.length).toBeGreaterThan(20);
  });
});

describe('controls', () => {
  test('that do not behave as built make the run invalid', async () => {
    // A control that ends well when it should refuse to end; the other one is there for the sham.
    const variants = [
      { name: 'ideal', scenarios: [] },
      { name: 'stubborn', env: { END: 'close' } },
    ];
    const lab = labs.make([{ id: 'controls', control: true, variants }], { replicas: 1 }, { controls: true });
    const { exitCode, stdout } = await lab.run().ended;
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^INVALID RUN: /m);
    expect(stdout).toMatch(/FAILED: controls\/stubborn, naive/);
    expect((await lab.report().ended).exitCode).toBe(2);
    const published = await startCommand('table', ['--from', 'latest', '--results', lab.results]).ended;
    expect(published.exitCode).not.toBe(0);
  });
});
