import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { fillFigures } from './commentary.ts';
import { probed } from './testing/probed.ts';
import { kindRun } from './testing/kind-run.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';

const run = syntheticRun();
const report = buildReport(run.info, findingsOf(run), { probed: [probed()] });

test.each([
  ['a cell', '{toy/bare naive fresh}', '150/232 refused'],
  ['a cell whose claim holds', 'loses {toy/bare naive fresh: loses}.', 'loses 150/232 refused.'],
  ['terminations', 'in {toy/bare naive fresh terminations} pods', 'in 3 of 3 pods'],
  ['exit', '{toy/bare exit}', '143'],
  ['evidence', '{toy/bare evidence}', 'quiet-idle.1#0'],
  ['no evidence', '{toy/closing evidence}', '–'],
  ['a strategy', '{toy/bare strategy}', 'one more message'],
  ['a strategy that is claimed', 'does {toy/bare strategy: one more message}', 'does one more message'],
  ['a strategy nobody looked for', '{toy/closing strategy}', 'not probed'],
  ['not a figure', 'a set {\n} of lines', 'a set {\n} of lines'],
])('%s', (_, text, expected) => {
  expect(fillFigures(text, report)).toEqual({ text: expected, problems: [] });
});

test.each([
  [
    'a claim that does not hold',
    'x\n  {toy/bare slow fresh: loses}',
    'loses',
    'no loss seen in the published',
  ],
  [
    'a strategy that was not seen',
    'x\n  {toy/bare strategy: rejects}',
    'rejects',
    'one more message in the published',
  ],
  [
    'a strategy that nobody looked for',
    'x\n  {toy/closing strategy: rejects}',
    'rejects',
    'not probed in the published',
  ],
  ['a variant that is not there', 'x\n  {toy/bar exit}', 'a variant of the published run', '"toy/bar"'],
  [
    'a scenario that is not there',
    'x\n  {toy/bare fast fresh}',
    '<scenario> fresh|persistent',
    '"fast fresh"',
  ],
  ['a word that means nothing', 'x\n  {toy/bare drian}', 'drain, exit, strategy or evidence', '"drian"'],
  ['a row that was not measured', 'x\n  {other/graceful naive fresh}', 'a measured row', '"naive fresh"'],
])('%s is a problem with its place', (_, text, expected, found) => {
  const [problem] = fillFigures(text, report).problems;
  expect(problem).toMatchObject({ line: 2, column: 3 });
  expect(problem?.expected).toContain(expected);
  expect(problem?.found).toContain(found);
});

test('with the name of a cluster in front, figures are those of the run published for that', () => {
  const kind = kindRun();
  const published = new Map([
    ['kind', buildReport(kind.info, findingsOf(kind))],
    ['embedded', report],
  ]);
  const fill = (text: string) => fillFigures(text, published.get('kind')!, published);
  expect(fill('{embedded toy/bare naive fresh: loses} and {kind toy/closing prestop fresh}').text).toBe(
    '150/232 refused and 0/492 (≤63 %)',
  );
  expect(fill('{kind delay} and {embedded delay} and {delay}').text).toBe('0.37 s and 0.50 s and 0.37 s');
  expect(fill('{kind delay quartiles}').text).toBe('0.36 s and 0.37 s');
  expect(fill('{embedded delay quartiles}').problems).toMatchObject([{ found: 'one that did not' }]);
  expect(fill('{embedded toy/bare naive fresh: no loss seen}').problems).toHaveLength(1);
  expect(fillFigures('{kind toy/bare exit}', report).problems).toMatchObject([{ found: '"kind"' }]);
});
