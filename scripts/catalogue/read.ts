import { join } from 'node:path';
import { readApp } from './app.ts';
import { fileProblem, isFolder, listFolder, readText } from './files.ts';
import { manifestOf } from './manifest.ts';
import type { BrokenApp, Catalogue, Framework, Manifest } from './model.ts';
import { catalogueError } from './problem.ts';
import type { Problem } from './problem.ts';
import { readScenarios } from './scenarios.ts';

/**
 * Reads and checks every `apps/<framework>/app.yaml`, `scenarios.yaml` and `manifests/*.yaml` below a
 * folder. An app with problems is left out and told of in `broken`, so that it costs only its own row.
 *
 * @throws LabError `catalogue-invalid` (exit code 3) with every problem of every file, when `scenarios.yaml`
 * or a manifest has one, or no app can be read.
 */
export async function readCatalogue(root: string): Promise<Catalogue> {
  const manifests = await readManifests(root);
  const scenarios = await readScenarios(root, manifests.byFile);
  const apps = await readApps(root, scenarios.ids);
  const shared = [...manifests.problems, ...scenarios.problems];
  if (shared.length > 0 || apps.frameworks.length === 0) throw catalogueError([...shared, ...apps.problems]);
  return { frameworks: apps.frameworks, broken: apps.broken, scenarios: scenarios.scenarios };
}

interface Manifests {
  /** Undefined for a file with problems. */
  byFile: Map<string, Manifest | undefined>;
  problems: Problem[];
}

async function readManifests(root: string): Promise<Manifests> {
  const manifests: Manifests = { byFile: new Map(), problems: [] };
  for (const name of (await listFolder(root, 'manifests')) ?? []) {
    if (!/^[^.].*\.ya?ml$/.test(name)) continue;
    const file = `manifests/${name}`;
    const read = await readText(root, file);
    const { manifest, problems } =
      'problem' in read ? { manifest: undefined, problems: [read.problem] } : manifestOf(file, read.text);
    manifests.byFile.set(file, manifest);
    manifests.problems.push(...problems);
  }
  return manifests;
}

interface Apps {
  frameworks: Framework[];
  broken: BrokenApp[];
  problems: Problem[];
}

/** Folders whose names begin with a dot are not apps; every other one is. */
async function readApps(root: string, scenarioIds: string[] | undefined): Promise<Apps> {
  const apps: Apps = { frameworks: [], broken: [], problems: [] };
  const folders: string[] = [];
  for (const name of (await listFolder(root, 'apps')) ?? []) {
    if (!name.startsWith('.') && (await isFolder(join(root, 'apps', name)))) folders.push(name);
  }
  if (folders.length === 0)
    apps.problems.push(
      fileProblem('apps', { expected: 'a folder with one folder for each framework', found: 'none' }),
    );
  for (const id of folders) {
    const { framework, problems } = await readApp({ root, id, scenarioIds });
    const all = [...nameProblems(id), ...problems];
    apps.problems.push(...all);
    if (framework !== undefined && all.length === 0) apps.frameworks.push(framework);
    else apps.broken.push({ id, error: catalogueError(all) });
  }
  return apps;
}

function nameProblems(id: string): Problem[] {
  if (/^[a-z0-9][a-z0-9-]*$/.test(id)) return [];
  const expected = 'a name of lower-case letters, digits and hyphens';
  return [fileProblem(`apps/${id}`, { expected, found: JSON.stringify(id), hint: 'Rename the folder' })];
}
