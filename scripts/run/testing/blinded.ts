import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from '../../support/project.ts';
import { findProgram } from '../../support/program.ts';
import { attempts } from './attempts.ts';
import { addControls, type ControlScenarios } from './real-controls.ts';
import { writeProgram, type TinyLab, type tinyLabs } from './tiny-lab.ts';

/** Has a module loaded first in the lab and in the processes of Node.js that it starts. */
export const preloading = (file: string) => ({
  NODE_OPTIONS: `--import=${join(projectRoot, 'scripts/run/testing', file)}`,
});

type Edit = [before: string, after: string];

/** Puts a k6 first on the PATH that runs an edited script instead of the one it is given. */
export function editingScript(lab: TinyLab, edits: Edit[]): { PATH: string } {
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

/** Makes a catalogue with the sham and these controls; its row, the toy, has a trial only where one is looked at. */
export function makeBlindedLab(
  labs: ReturnType<typeof tinyLabs>,
  controls: ControlScenarios,
  { row = false, probe = false } = {},
): TinyLab {
  const variants = [{ name: 'server', scenarios: row ? ['naive'] : [] }];
  const lab = labs.make([{ id: 'toy', variants }], {}, { controls: true, probe });
  addControls(lab, controls);
  return lab;
}

/**
 * Runs the lab until it is invalid for these reasons: more than once, as a machine that is too busy makes the trial of
 * a control invalid for another reason. Every run must be invalid.
 */
export async function expectInvalid(lab: TinyLab, env: { [name: string]: string }, reasons: RegExp[]) {
  for (let attempt = 1; ; attempt += 1) {
    const { exitCode, stdout, stderr } = await lab.runWith(env).ended;
    expect(exitCode, `${stdout}${stderr}`).toBe(2);
    expect(stdout).toMatch(/^INVALID RUN: /m);
    if (attempt < attempts && !reasons.every((reason) => reason.test(stdout))) continue;
    for (const reason of reasons) expect(stdout).toMatch(reason);
    return;
  }
}
