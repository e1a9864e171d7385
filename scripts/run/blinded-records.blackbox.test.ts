/** The instrument is blinded so that its records contradict each other: their trials are invalid, and with them the run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'vitest';
import { findProgram } from '../support/program.ts';
import { editingScript, expectInvalid, makeBlindedLab, preloading } from './testing/blinded.ts';
import { tinyLabs } from './testing/tiny-lab.ts';

const labs = tinyLabs();
afterEach(() => labs.remove());

const end = 'console.log(JSON.stringify(endRecord(id, response)));';

describe.skipIf(findProgram('k6') === undefined)('the run is invalid when', () => {
  test('the records of failed requests get lost', async () => {
    const lab = makeBlindedLab(labs, { abrupt: ['naive'] });
    const env = editingScript(lab, [
      ["console.log(JSON.stringify(['start'", "const start = (JSON.stringify(['start'"],
      [end, `if (response.error_code === 0) { console.log(start); ${end} }`],
    ]);
    await expectInvalid(lab, env, [
      /FAILED: controls\/abrupt, naive: .*; seen: invalid: .*have no record of their start/,
    ]);
  });

  test('some records get lost', async () => {
    const lab = makeBlindedLab(labs, {}, { row: true });
    const env = editingScript(lab, [[end, `if (iterationInTest % 20 > 0) ${end}`]]);
    await expectInvalid(lab, env, [
      /FAILED: controls\/ideal, sham: .*; seen: invalid: .*had no end/,
      /toy\/server\/naive\/1 is invalid \(censored-during-restart\)/,
    ]);
  });

  test('the clock of the lab is two seconds ahead of that of its load', async () => {
    const lab = makeBlindedLab(labs, {}, { row: true });
    const offset = join(lab.root, 'clock-offset');
    writeFileSync(offset, '2000');
    await expectInvalid(lab, { ...preloading('set-clock.mjs'), CLOCK_OFFSET_FILE: offset }, [
      /FAILED: controls\/ideal, sham: .*; seen: invalid: .*their clocks are apart/,
      /toy\/server\/naive\/1 is invalid \(clocks-apart\): .* 200\d\.\d ms after k6 began it/,
    ]);
  });
});
