// What the lab must find in Gin whatever the machine: a server that stops listening at once loses new connections
// where there is no preStop hook, and one that drains after a preStop hook loses none of them.
import { readFileSync } from 'node:fs';

const expected = [
  ['gin/naive', 'naive', 'loses'],
  ['gin/shutdown', 'naive', 'loses'],
  ['gin/shutdown', 'prestop', 'no loss seen'],
  ['gin/drain', 'prestop', 'no loss seen'],
];

const { rows, verdict } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let failed = verdict === 'invalid' ? 1 : 0;
for (const [variant, scenario, wanted] of expected) {
  const cell = rows
    .find((row) => row.variant === variant)
    ?.cells.find((found) => found.scenario === scenario);
  const seen = cell?.columns?.fresh.verdict ?? 'not measured';
  if (seen !== wanted) failed += 1;
  console.log(
    `${seen === wanted ? 'ok    ' : 'FAILED'} ${variant}, ${scenario}, fresh: expected ${wanted}, found ${seen}`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
