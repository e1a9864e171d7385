/**
 * The instrument is blinded in one way after the other. Each must end in an invalid run that names the control which
 * saw it; otherwise a lab that has gone blind would find that no server loses anything.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../support/project.ts';
import { findProgram } from '../support/program.ts';
import { addControls, type ControlScenarios } from './testing/real-controls.ts';
import { tinyLabs, writeProgram, type TinyLab } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

/** A catalogue with one row, the sham, and these controls. */
function makeLab(controls: ControlScenarios, { probe = false } = {}): TinyLab {
  const variants = [{ name: 'server', scenarios: ['naive'] }];
  const lab = labs.make([{ id: 'toy', variants }], {}, { controls: true, probe });
  addControls(lab, controls);
  return lab;
}

/** Has a module loaded first in the lab and in the processes of Node.js that it starts. */
const preloading = (file: string) => ({
  NODE_OPTIONS: `--import=${join(projectRoot, 'scripts/run/testing', file)}`,
});

type Edit = [before: string, after: string];

/** Puts a k6 first on the PATH that runs an edited script instead of the one it is given. */
function editingScript(lab: TinyLab, edits: Edit[]) {
  let script = readFileSync(join(projectRoot, 'scripts/load/k6/script.ts'), 'utf8');
  for (const [before, after] of edits) {
    expect(script).toContain(before);
    script = script.replace(before, after);
  }
  const file = join(lab.root, 'edited-script.ts');
  writeFileSync(file, script);
  const programs = writeProgram(
    lab,
    'k6',
    `for word do
      shift
      case $word in */script.ts) word=${file} ;; esac
      set -- "$@" "$word"
    done
    exec ${findProgram('k6') ?? 'k6'} "$@"`,
  );
  return { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` };
}

/**
 * Runs the lab until it is invalid for these reasons: at most three times, as a machine that is too busy makes the
 * trial of a control invalid for another reason. Every run must be invalid.
 */
async function expectInvalid(lab: TinyLab, env: { [name: string]: string }, reasons: RegExp[]) {
  for (let attempt = 1; ; attempt += 1) {
    const { exitCode, stdout, stderr } = await lab.runWith(env).ended;
    expect(exitCode, `${stdout}${stderr}`).toBe(2);
    expect(stdout).toMatch(/^INVALID RUN: /m);
    if (attempt < 3 && !reasons.every((reason) => reason.test(stdout))) continue;
    for (const reason of reasons) expect(stdout).toMatch(reason);
    return;
  }
}

describe.skipIf(findProgram('k6') === undefined)('the run is invalid when', () => {
  test('clients send no POST, so that they resend without telling what they lose', async () => {
    const lab = makeLab({ abrupt: ['naive'], 'hang-up': ['prestop'] });
    const getOnly: Edit = [
      "const post = { method: 'POST', body: 'x' };",
      "const post = { method: 'GET', body: null };",
    ];
    await expectInvalid(lab, editingScript(lab, [getOnly]), [
      /FAILED: controls\/hang-up, prestop: .*; seen: POST 0 of \d+ lost; /,
      /passed: controls\/abrupt, naive: /,
    ]);
  }, 600_000);

  test('the records of failed requests get lost', async () => {
    const lab = makeLab({ abrupt: ['naive'] });
    const keepStart: Edit = ["console.log(JSON.stringify(['start'", "const start = (JSON.stringify(['start'"];
    const end = 'console.log(JSON.stringify(endRecord(id, response)));';
    const writeBoth: Edit = [end, `if (response.error_code === 0) { console.log(start); ${end} }`];
    await expectInvalid(lab, editingScript(lab, [keepStart, writeBoth]), [
      /FAILED: controls\/abrupt, naive: .*; seen: invalid: .*have no record of their start/,
    ]);
  }, 600_000);

  test('some records get lost', async () => {
    const lab = makeLab({});
    const end = 'console.log(JSON.stringify(endRecord(id, response)));';
    const skip: Edit = [end, `if (iterationInTest % 20 > 0) ${end}`];
    await expectInvalid(lab, editingScript(lab, [skip]), [
      /FAILED: controls\/ideal, sham: .*; seen: invalid: .*had no end/,
      /toy\/server\/naive\/1 is invalid \(censored-during-restart\)/,
    ]);
  }, 600_000);

  test('the clock of the lab is two seconds ahead of that of its load', async () => {
    const lab = makeLab({});
    const offset = join(lab.root, 'clock-offset');
    writeFileSync(offset, '2000');
    await expectInvalid(lab, { ...preloading('set-clock.mjs'), CLOCK_OFFSET_FILE: offset }, [
      /FAILED: controls\/ideal, sham: .*; seen: invalid: .*their clocks are apart/,
      /toy\/server\/naive\/1 is invalid \(clocks-apart\): .* 200\d\.\d ms after k6 began it/,
    ]);
  }, 600_000);

  test('SIGTERM is never sent', async () => {
    const lab = makeLab({ abrupt: ['naive'], window: [] }, { probe: true });
    await expectInvalid(lab, preloading('swallow-sigterm.mjs'), [
      /FAILED: controls\/abrupt, naive: .*; seen: 0 of \d+ fresh requests refused/,
      /FAILED: controls\/abrupt, probe: .*; seen: ignores SIGTERM/,
      /FAILED: controls\/window, sweep: .*; seen: 0 of \d+ requests lost/,
    ]);
  }, 600_000);

  test('the balancer tries refused connections again', async () => {
    const lab = makeLab({ abrupt: ['naive'], 'hang-up': ['prestop'] });
    await expectInvalid(lab, preloading('retry-refused.mjs'), [
      /FAILED: controls\/abrupt, naive: .*; seen: 0 of \d+ fresh requests refused/,
      /passed: controls\/hang-up, prestop: /,
    ]);
  }, 600_000);
});
