import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { differingCells } from './repetitions.ts';
import { syntheticFindings } from './testing/findings.ts';
import type { SyntheticFailure } from './testing/synthetic.ts';

const fin: SyntheticFailure = { errorCode: 1000, errorText: 'EOF', how: 'FIN' };
const rst: SyntheticFailure = { errorCode: 1220, errorText: 'read: connection reset by peer', how: 'RST' };

/** A trial in which persistent POSTs are lost in this way. */
const trial = (repetition: number, failure?: SyntheticFailure) =>
  syntheticFindings({
    repetition,
    fail: ({ terminating, population }) =>
      terminating === 'old-0' && population === 'persistent-post' ? failure : undefined,
  });

test.each([
  { name: 'the same class', trials: [trial(1, fin), trial(2, fin)], classes: [] },
  { name: 'no loss at all', trials: [trial(1), trial(2)], classes: [] },
  { name: 'a loss in some', trials: [trial(2), trial(1, fin)], classes: [[['eof'], []]] },
  { name: 'another class', trials: [trial(1, fin), trial(2, rst)], classes: [[['eof'], ['reset']]] },
  {
    name: 'an invalid one among them',
    trials: [trial(1, fin), { ...trial(2, rst), invalid: [{ code: 'accounts-open', text: 'x' }] }],
    classes: [],
  },
  { name: 'one repetition', trials: [trial(1, fin)], classes: [] },
])('repetitions with $name', ({ trials, classes }) => {
  const cells = differingCells(trials);
  expect(cells.map((cell) => cell.classes)).toEqual(classes);
  // The cell of the table and this section must tell the same.
  expect(judge(trials).persistent.classes.sometimes.length > 0).toBe(classes.length > 0);
  for (const cell of cells) expect(cell.column).toBe('persistent');
});
