import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSources, listSources } from '../build/sources.ts';
import type { Catalogue, Framework, Plan, Scenario } from '../catalogue/model.ts';
import type { Fingerprints } from '../report/run-info.ts';
import { projectRoot } from '../support/project.ts';

export interface Fingerprinted {
  catalogue: Catalogue;
  plan: Plan;
  /** Of an earlier time: what it names is included even where the plan no longer has it. */
  fingerprints?: Fingerprints;
}

/** Hashes of what the plan measures, and of the lab. */
export async function fingerprintsOf({
  catalogue,
  plan,
  fingerprints,
}: Fingerprinted): Promise<Fingerprints> {
  const frameworkIds = new Set([
    ...Object.keys(fingerprints?.frameworks ?? {}),
    ...plan.trials.map(({ variant }) => variant.framework),
  ]);
  const scenarioIds = new Set([
    ...Object.keys(fingerprints?.scenarios ?? {}),
    ...plan.trials.map(({ scenario }) => scenario.id),
  ]);
  const frameworks = catalogue.frameworks.filter(({ id }) => frameworkIds.has(id));
  const scenarios = catalogue.scenarios.filter(({ id }) => scenarioIds.has(id));
  return {
    lab: await hashLab(projectRoot),
    frameworks: Object.fromEntries(
      await Promise.all(frameworks.map(async (framework) => [framework.id, await hashFramework(framework)])),
    ) as Record<string, string>,
    scenarios: Object.fromEntries(scenarios.map((scenario) => [scenario.id, hashScenario(scenario)])),
  };
}

/** Tests and what they share do not measure. */
const notMeasuring = /\.test\.ts$|(^|\/)testing\/|(^|\/)benchmark\.ts$/;

async function hashLab(project: string): Promise<string> {
  const folder = join(project, 'scripts');
  const files = (await listSources(folder)).filter(({ path }) => !notMeasuring.test(path));
  const packages = await readFile(join(project, 'package-lock.json'), 'utf8');
  return shortened(await hashSources(folder, files, packages));
}

async function hashFramework({ folder, variants, ...settings }: Framework): Promise<string> {
  const files = await hashSources(folder, await listSources(folder), null);
  // How long a start takes is only for estimates.
  const measured = variants.map((variant) => ({ ...variant, startUpMs: 0 }));
  return `${shortened(files)}.${hashValue({ ...settings, variants: measured })}`;
}

function hashScenario({ manifest, ...settings }: Scenario): string {
  return `${hashValue(manifest.text)}.${hashValue({ ...settings, file: manifest.file })}`;
}

function hashValue(value: unknown): string {
  return shortened(createHash('sha256').update(JSON.stringify(value)).digest('hex'));
}

function shortened(hash: string): string {
  return hash.slice(0, 16);
}
