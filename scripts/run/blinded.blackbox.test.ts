/**
 * The instrument is blinded in one way after the other. Each must end in an invalid run that names the control which
 * saw it; otherwise a lab that has gone blind would find that no server loses anything. Here the trials themselves are
 * valid, and a control sees that they show nothing; `blinded-records` has those that are found out by their records.
 */
import { afterEach, describe, test } from 'vitest';
import { findProgram } from '../support/program.ts';
import { editingScript, expectInvalid, makeBlindedLab, preloading } from './testing/blinded.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

describe.skipIf(findProgram('k6') === undefined)('the run is invalid when', () => {
  test('clients send no POST, so that they resend without telling what they lose', async () => {
    const lab = makeBlindedLab(labs, { abrupt: ['naive'], 'hang-up': ['prestop'] });
    const env = editingScript(lab, [
      ["const post = { method: 'POST', body: 'x' };", "const post = { method: 'GET', body: null };"],
    ]);
    await expectInvalid(lab, env, [
      /FAILED: controls\/hang-up, prestop: .*; seen: POST 0 of \d+ lost; /,
      /passed: controls\/abrupt, naive: /,
    ]);
  });

  test('SIGTERM is never sent', async () => {
    const lab = makeBlindedLab(labs, { abrupt: ['naive'], window: [] }, { probe: true });
    await expectInvalid(lab, preloading('swallow-sigterm.mjs'), [
      /FAILED: controls\/abrupt, naive: .*; seen: 0 of \d+ fresh requests refused/,
      /FAILED: controls\/abrupt, probe: .*; seen: ignores SIGTERM/,
      /FAILED: controls\/window, sweep: .*; seen: 0 of \d+ requests lost/,
    ]);
  });

  test('the balancer tries refused connections again', async () => {
    const lab = makeBlindedLab(labs, { abrupt: ['naive'], 'hang-up': ['prestop'] });
    await expectInvalid(lab, preloading('retry-refused.mjs'), [
      /FAILED: controls\/abrupt, naive: .*; seen: 0 of \d+ fresh requests refused/,
      /passed: controls\/hang-up, prestop: /,
    ]);
  });
});
