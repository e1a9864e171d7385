import { join } from 'node:path';
import { readApp } from './app.ts';
import { fileProblem, isFolder, listFolder, readText } from './files.ts';
import { manifestOf } from './manifest.ts';
import type { Catalogue, Framework, Manifest } from './model.ts';
import { catalogueError } from './problem.ts';
import type { Problem } from './problem.ts';
import { readScenarios } from './scenarios.ts';

/**
 * Reads and checks every `apps/<framework>/app.yaml`, `scenarios.yaml` and `manifests/*.yaml` below a
 * folder.
 *
 * @throws LabError `catalogue-invalid` (exit code 3) with every problem of every file.
 */
export async function readCatalogue(root: string): Promise<Catalogue> {
  const manifests = await readManifests(root);
  const scenarios = await readScenarios(root, manifests.byFile);
  const apps = await readApps(root, scenarios.ids);
  const problems = [...manifests.problems, ...scenarios.problems, ...apps.problems];
  if (problems.length > 0) throw catalogueError(problems);
  return { frameworks: apps.frameworks, scenarios: scenarios.scenarios };
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

/** Folders whose names begin with a dot are not apps; every other one is. */
async function readApps(
  root: string,
  scenarioIds: string[] | undefined,
): Promise<{ frameworks: Framework[]; problems: Problem[] }> {
  const frameworks: Framework[] = [];
  const problems: Problem[] = [];
  const folders: string[] = [];
  for (const name of (await listFolder(root, 'apps')) ?? []) {
    if (!name.startsWith('.') && (await isFolder(join(root, 'apps', name)))) folders.push(name);
  }
  if (folders.length === 0)
    problems.push(
      fileProblem('apps', { expected: 'a folder with one folder for each framework', found: 'none' }),
    );
  for (const id of folders) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) {
      const expected = 'a name of lower-case letters, digits and hyphens';
      problems.push(
        fileProblem(`apps/${id}`, { expected, found: JSON.stringify(id), hint: 'Rename the folder' }),
      );
    }
    const app = await readApp({ root, id, scenarioIds });
    problems.push(...app.problems);
    if (app.framework !== undefined) frameworks.push(app.framework);
  }
  return { frameworks, problems };
}
