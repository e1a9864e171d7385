import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../support/project.ts';
import { writeScenario } from './tiny-catalogue.ts';
import type { TinyLab } from './tiny-lab.ts';

/** Scenarios in which each of these controls runs; none for one that is only probed. */
export type ControlScenarios = { [control: string]: ('naive' | 'prestop')[] };

const preStopSeconds = 2;

/**
 * Adds controls of the project to a tiny catalogue, so that a run has those that a test needs and no others. There is
 * always the sham, which needs `ideal`. With a control in it, the scenario `prestop` is added.
 */
export function addControls({ root }: TinyLab, chosen: ControlScenarios): void {
  const folder = join(root, 'apps/controls');
  cpSync(join(projectRoot, 'apps/controls'), folder, { recursive: true });
  const file = join(folder, 'app.yaml');
  const app = parse(readFileSync(file, 'utf8')) as { variants: { [name: string]: object } };
  const variants = Object.entries({ ideal: [], ...chosen }).map(([name, scenarios]) => [
    name,
    { ...app.variants[name], scenarios },
  ]);
  // YAML is a superset of JSON.
  writeFileSync(
    file,
    JSON.stringify({ ...app, warmUpSeconds: 1, variants: Object.fromEntries(variants) as object }),
  );
  if (Object.values(chosen).some((scenarios) => scenarios.includes('prestop')))
    writeScenario(root, { id: 'prestop', title: 'preStop sleep', manifest: { preStopSeconds } });
}
