import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunInfo } from '../report/run-info.ts';
import { uniqueSeconds } from '../support/testing/unique-seconds.ts';
import { until } from '../support/testing/until.ts';
import { attempts } from './testing/attempts.ts';
import { fileContains, processesNaming, startCommand } from './testing/lab-process.ts';
import { reached } from './testing/reached.ts';
import { measuredRow } from './testing/rows.ts';
import { tinyLabs, type TinyLab } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

const resume = (lab: TinyLab, ...more: string[]) =>
  startCommand('lab', ['--results', lab.results, '--resume', ...more]);

const runFile = (lab: TinyLab) => lab.files('run.json')[0] ?? 'no run.json';
const runInfo = (lab: TinyLab) => JSON.parse(readFileSync(runFile(lab), 'utf8')) as RunInfo;

/** Starts a run of two trials; the first is over and the second has load. */
const inSecondTrial = () =>
  reached(
    () => labs.make([{ id: 'toy', variants: [{ name: 'a' }, { name: 'b' }] }], { replicas: 1 }),
    (lab) => {
      const found = lab.files('toy/*/naive/1/timeline.ndjson');
      const finished = lab.files('toy/*/naive/1/findings.json').length;
      return finished === 1 && found.length === 2 && found.every((file) => fileContains(file, '["end",'));
    },
  );

/** Resumes, and proves that one trial was kept as it was and the other one measured anew. */
async function expectOneMeasured(lab: TinyLab) {
  const { trials } = runInfo(lab);
  const [first = '', second = ''] = trials.map((id) => lab.files(`${id}/timeline.ndjson`)[0] ?? '');
  const before = { first: readFileSync(first, 'utf8'), second: readFileSync(second, 'utf8') };
  const listed = await resume(lab, '--list').ended;
  expect(listed.stdout).toContain(trials[1]);
  expect(listed.stdout).not.toContain(trials[0]);

  const { exitCode, stdout } = await resume(lab).ended;
  expect([0, 2]).toContain(exitCode);
  for (const variant of ['toy/a', 'toy/b']) expect(stdout).toMatch(measuredRow(variant));
  expect(stdout).not.toContain('interrupted');
  expect(readFileSync(first, 'utf8')).toBe(before.first);
  expect(readFileSync(second, 'utf8')).not.toBe(before.second);
  const [aside = ''] = lab.files(`_stopped/*/${String(trials[1])}/timeline.ndjson`);
  expect(readFileSync(aside, 'utf8')).toBe(before.second);
  const info = runInfo(lab);
  expect(info).toMatchObject({ interrupted: false, trials });
  expect(info.resumed).toHaveLength(1);
  expect(info.finished).not.toBeNull();
  expect(processesNaming(lab.root)).toBe('');

  const reported = await lab.report().ended;
  for (const variant of ['toy/a', 'toy/b']) expect(reported.stdout).toMatch(measuredRow(variant));
  expect(reported.stdout).toMatch(/findings are identical in (\d) of \1 trials/);
}

/** Runs the lab until its only trial has findings. */
async function untilMeasured(lab: TinyLab) {
  for (
    let attempt = 0;
    attempt < attempts && lab.files('toy/*/naive/1/findings.json').length === 0;
    attempt += 1
  ) {
    rmSync(lab.results, { recursive: true, force: true });
    await lab.run().ended;
  }
}

describe('a run goes on', () => {
  test('after Ctrl+C in the second trial', async () => {
    const { lab, run } = await inSecondTrial();
    run.kill('SIGINT');
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^Go on with: npm run lab -- --resume .+runs\/[-\dT]+$/,
    );
    expect((await lab.report().ended).stdout).toContain('Go on with: npm run lab -- --resume ');
    await expectOneMeasured(lab);
  });

  test('only when something is missing: a complete run is reported', async () => {
    const lab = labs.make([{ id: 'toy' }], { replicas: 1 });
    await untilMeasured(lab);
    const stored = readFileSync(runFile(lab), 'utf8');
    const again = await resume(lab).ended;
    expect([0, 2]).toContain(again.exitCode);
    expect(again.stderr).toContain('is complete: nothing is left to be measured');
    expect(again.stdout).toMatch(measuredRow('toy/server'));
    expect(readFileSync(runFile(lab), 'utf8')).toBe(stored);
    const json = await resume(lab, '--json').ended;
    expect(JSON.parse(json.stdout)).toMatchObject({ trials: [{}] });
  });

  test('with further repetitions when it is complete, and has no use for fewer', async () => {
    const lab = labs.make([{ id: 'toy' }], { replicas: 1 });
    await untilMeasured(lab);
    const [first = ''] = lab.files('toy/server/naive/1/timeline.ndjson');
    const before = readFileSync(first, 'utf8');
    const more = await resume(lab, 'latest', '--repeat', '2', '--json').ended;
    expect([0, 2]).toContain(more.exitCode);
    expect(JSON.parse(more.stdout)).toMatchObject({
      run: { options: { repeat: 2 }, resumed: [expect.any(String)] },
      trials: [{ id: 'toy/server/naive/1' }, { id: 'toy/server/naive/2' }],
    });
    expect(readFileSync(first, 'utf8')).toBe(before);
    expect(runInfo(lab).trials).toEqual(['toy/server/naive/1', 'toy/server/naive/2']);

    const begun = { ...runInfo(lab), options: { ...runInfo(lab).options, repeat: 3 } };
    writeFileSync(runFile(lab), JSON.stringify(begun));
    for (const repeat of ['2', '1']) {
      const fewer = await resume(lab, 'latest', '--repeat', repeat).ended;
      expect(fewer).toMatchObject({ exitCode: 64, stdout: '' });
      expect(fewer.stderr).toMatch(
        /^--repeat: expected at least 3, the repetitions that run \S+ was begun with, found [12]\. A run cannot be shortened: .*\n$/,
      );
    }
    expect(runInfo(lab)).toEqual(begun);
  });

  test('after kill -9 in the second trial', async () => {
    const { lab, run } = await inSecondTrial();
    run.kill('SIGKILL');
    await run.ended;
    await lab.gone();
    await expectOneMeasured(lab);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('after %s during a build', async (signal) => {
    const marker = join(labs.make([{ id: 'toy' }]).root, 'built-before');
    const build = `if ! test -e ${marker}; then touch ${marker}; sleep ${uniqueSeconds()}; fi`;
    const lab = labs.make([{ id: 'toy', build }], { replicas: 1 });
    const run = lab.run();
    await until('the build has begun', () => existsSync(marker));
    run.kill(signal);
    const { exitCode, stderr } = await run.ended;
    if (signal === 'SIGINT') expect({ exitCode, stderr }).toMatchObject({ exitCode: 130 });
    if (signal === 'SIGINT') expect(stderr).toContain('Go on with: npm run lab -- --resume ');
    expect(runInfo(lab)).toMatchObject({ finished: null, durations: { buildMs: null } });
    const { stdout } = await resume(lab).ended;
    expect(stdout).toMatch(measuredRow('toy/server'));
    expect(runInfo(lab).builds).toEqual([
      { framework: 'toy', durationMs: expect.any(Number) as number, cached: false },
    ]);
  });

  test('with a variant that could not be started before', async () => {
    const variants = [{ name: 'a', env: { START: 'crash' } }, { name: 'b' }];
    const lab = labs.make([{ id: 'toy', variants }], { replicas: 1 });
    await lab.run().ended;
    const { stdout } = await resume(lab).ended;
    expect(stdout).toMatch(/toy\/a +.*exits at start/);
    expect(stdout).toMatch(measuredRow('toy/b'));
    expect(runInfo(lab).rowFailures.filter(({ variant }) => variant === 'toy/a')).toHaveLength(1);
  });
});

describe('what changed is named', () => {
  /** A run that was killed while its app was built: all of it is missing. */
  async function killed(frameworks: string[] = [], ...words: string[]) {
    const build = `sleep ${uniqueSeconds()}`;
    const lab = labs.make([{ id: 'toy', build }, ...frameworks.map((id) => ({ id }))]);
    const run = lab.run(...words);
    await until('the build has begun', () => processesNaming(build) !== '');
    run.kill('SIGKILL');
    await run.ended;
    return lab;
  }

  type Change = (lab: TinyLab) => void;
  const file = (lab: TinyLab, name: string) => join(lab.root, name);
  const rewrite = (path: string, change: (text: string) => string) =>
    writeFileSync(path, change(readFileSync(path, 'utf8')));

  test.each<[string, Change, string]>([
    [
      'a source',
      (lab) => appendFileSync(file(lab, 'apps/toy/toy.mjs'), '//\n'),
      'apps/toy: its files changed',
    ],
    [
      'settings',
      (lab) =>
        rewrite(file(lab, 'apps/toy/app.yaml'), (text) =>
          text.replace('"warmUpSeconds":1', '"warmUpSeconds":2'),
        ),
      'apps/toy: app.yaml changed',
    ],
    [
      'a manifest',
      (lab) =>
        rewrite(file(lab, 'manifests/naive.yaml'), (text) =>
          text.replace('PeriodSeconds: 3', 'PeriodSeconds: 4'),
        ),
      'scenario naive: its manifest changed',
    ],
    [
      'a scenario more',
      (lab) =>
        appendFileSync(file(lab, 'scenarios.yaml'), 'more: { title: x, manifest: manifests/naive.yaml }\n'),
      'scenario more: is new',
    ],
    [
      'k6',
      (lab) => rewrite(runFile(lab), (text) => text.replace(/"k6": "[^"]*"/, '"k6": "2.1.9"')),
      'k6: was 2.1.9, is ',
    ],
    [
      'the lab and the kernel',
      (lab) =>
        rewrite(runFile(lab), (text) =>
          text.replace(/"lab": "[0-9a-f]{16}"/, '"lab": "0"').replace(/"kernel": "[^"]*"/, '"kernel": "1.0"'),
        ),
      'the lab: scripts/ or package-lock.json changed, so it may measure otherwise\n  kernel: was 1.0, is ',
    ],
    [
      'an older lab',
      (lab) => {
        const older = runInfo(lab);
        delete older.fingerprints;
        writeFileSync(runFile(lab), JSON.stringify(older));
      },
      'it was made by an older version of the lab',
    ],
  ])('%s', async (_, change, message) => {
    const lab = await killed();
    change(lab);
    const stored = readFileSync(runFile(lab), 'utf8');
    const { exitCode, stdout, stderr } = await resume(lab).ended;
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(readFileSync(runFile(lab), 'utf8')).toBe(stored);
  });

  test('an app that is gone, when it was asked for by name', async () => {
    const lab = await killed(['other'], '--only', 'toy');
    rmSync(join(lab.root, 'apps/toy'), { recursive: true });
    const { exitCode, stderr } = await resume(lab).ended;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('apps/toy: is not there any more');
  });
});

test('a run that does not exist is answered with the nearest', async () => {
  const lab = labs.make([{ id: 'toy' }]);
  const { exitCode, stderr } = await resume(lab).ended;
  expect(exitCode).toBe(64);
  expect(stderr).toContain('There is none yet: npm run lab makes one');
});
