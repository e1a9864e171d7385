import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { diagnosisOf, type Check, type Diagnosis } from './doctor/check.ts';
import { renderDiagnosis } from './doctor/render.ts';

const node: Check = { area: 'machine', name: 'Node.js', status: 'ok', detail: '24.21.0' };
const go: Check = { area: 'apps', name: 'Go ≥ 1.25', status: 'limited', detail: 'gin skipped: not found' };
const k6: Check = { area: 'load', name: 'k6', status: 'missing', detail: 'cannot be had\nGo: not found' };

describe('the page', () => {
  test('what limits the lab', () => {
    expect(stripVTControlCharacters(renderDiagnosis(diagnosisOf([node, go])))).toMatchInlineSnapshot(`
      "machine
        ✔ Node.js    24.21.0

      apps
        ! Go ≥ 1.25  gin skipped: not found

      The lab can run. 1 of the checks limit it: see ! above.
      "
    `);
  });

  test('what keeps it from running', () => {
    expect(stripVTControlCharacters(renderDiagnosis(diagnosisOf([node, k6])))).toMatchInlineSnapshot(`
      "machine
        ✔ Node.js  24.21.0

      load
        ✖ k6       cannot be had
                   Go: not found

      The lab cannot run: see ✖ above.
      "
    `);
  });
});

describe('the command', () => {
  const doctor = (...options: string[]) =>
    execa(process.execPath, [join(import.meta.dirname, 'doctor.ts'), ...options], { reject: false });

  test('--json names every area; the exit code follows from it', async () => {
    const { stdout, exitCode } = await doctor('--json');
    const { canRun, checks } = JSON.parse(stdout) as Diagnosis;
    expect([...new Set(checks.map(({ area }) => area))]).toEqual([
      'machine',
      'load',
      'cluster',
      'embedded',
      'apps',
      'disk',
    ]);
    expect(canRun).toBe(checks.every(({ status }) => status !== 'missing'));
    expect(exitCode).toBe(canRun ? 0 : 3);
  });

  test('a typo is answered with the nearest option, exit code 64', async () => {
    const { stderr, exitCode } = await doctor('--jsn');
    expect(stderr).toContain('Did you mean --json?');
    expect(exitCode).toBe(64);
  });
});
