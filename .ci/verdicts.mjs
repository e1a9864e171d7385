// What the lab must find in Gin whatever the machine: a server that stops listening at once loses new connections
// where there is no preStop hook and none where there is one; and it hangs up on idle connections.
import { readFileSync } from 'node:fs';

const expected = [
  ['gin/shutdown', 'naive', 'loses'],
  ['gin/shutdown', 'prestop', 'no loss seen'],
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
const strategy = rows.find((row) => row.variant === 'gin/shutdown')?.probe?.strategy;
if (strategy !== 'immediate hang-up') failed += 1;
console.log(`gin/shutdown: expected immediate hang-up, found ${strategy}`);
process.exitCode = failed === 0 ? 0 : 1;
