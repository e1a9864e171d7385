// What the lab must find in servers that stop listening at once, whatever the machine and the cluster: they lose new
// connections where there is no preStop hook and none where there is one; and a probe sees that they hang up.
import { readFileSync } from 'node:fs';

const expected = { naive: 'loses', prestop: 'no loss seen' };
const strategy = 'immediate hang-up';

const { rows, verdict, controls } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const checks = rows.flatMap(({ variant, cells, probe }) => [
  ...cells.map(({ scenario, columns }) => ({
    what: `${variant}, ${scenario}, fresh`,
    wanted: expected[scenario],
    found: columns?.fresh.verdict ?? 'not measured',
  })),
  ...(probe ? [{ what: `${variant}, probe`, wanted: strategy, found: probe.strategy }] : []),
]);
checks.push({ what: 'controls', wanted: 'proven', found: verdict });
for (const { what, wanted, found } of checks) {
  console.log(`${found === wanted ? 'ok    ' : 'FAILED'} ${what}: expected ${wanted}, found ${found}`);
}
for (const { control, scenario, passed, seen } of controls) {
  if (passed !== true) console.log(`       ${control}, ${scenario}: ${seen}`);
}
process.exitCode = rows.length > 0 && checks.every(({ wanted, found }) => found === wanted) ? 0 : 1;
