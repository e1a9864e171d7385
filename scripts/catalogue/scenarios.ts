import { z } from 'zod';
import { nearest } from '../support/nearest.ts';
import { check, oneOf } from './check.ts';
import { problemAt, valueAt } from './document.ts';
import { readText } from './files.ts';
import { idExpected, idPattern, mapping, seconds, text } from './fields.ts';
import type { Manifest, Scenario } from './model.ts';
import type { Problem } from './problem.ts';
import { singleDocument } from './single-document.ts';

const scenarioSchema = mapping({
  title: text('one line for the reader of the table').regex(/^.*$/, 'one line for the reader of the table'),
  manifest: text('a file such as manifests/1-naive.yaml'),
  requestDelaySeconds: seconds(60).optional(),
  onlyByName: z.boolean('true or false').optional(),
});

const scenariosSchema = z
  .record(
    z
      .string()
      .regex(idPattern, idExpected)
      .refine((name) => name !== 'sham', {
        error: 'another name: sham is that of the trial without a restart',
      }),
    scenarioSchema,
    'a mapping of names to scenarios',
  )
  .refine((scenarios) => Object.keys(scenarios).length > 0, { error: 'at least one scenario' });

/** The scenarios in their order, which is that of the table's columns, or every problem of the file. */
export interface Scenarios {
  scenarios: Scenario[];
  /** All names in the file, also of scenarios that are not in order; undefined when it cannot be read. */
  ids: string[] | undefined;
  problems: Problem[];
}

/** Reads `scenarios.yaml`. A manifest is undefined where its own file has problems. */
export async function readScenarios(
  root: string,
  manifests: ReadonlyMap<string, Manifest | undefined>,
): Promise<Scenarios> {
  const file = 'scenarios.yaml';
  const read = await readText(root, file);
  if ('problem' in read) return { scenarios: [], ids: undefined, problems: [read.problem] };
  const { document, problems } = singleDocument(file, read.text, 'a mapping of names to scenarios');
  if (document === undefined) return { scenarios: [], ids: undefined, problems };
  const checked = check(document, scenariosSchema);
  problems.push(...checked.problems);
  const value = document.value;
  const ids = typeof value === 'object' && !Array.isArray(value) ? Object.keys(value ?? {}) : undefined;
  for (const id of ids ?? []) {
    const name = valueAt(document, [id, 'manifest']);
    if (typeof name !== 'string' || !/\S/.test(name) || manifests.has(name)) continue;
    problems.push(problemAt(document, [id, 'manifest'], manifestWords(name, [...manifests.keys()])));
  }
  const scenarios = Object.entries(checked.value ?? {}).flatMap(([id, scenario]): Scenario[] => {
    const manifest = manifests.get(scenario.manifest);
    if (manifest === undefined) return [];
    const { title, requestDelaySeconds = 0, onlyByName = false } = scenario;
    return [{ id, title, manifest, requestDelaySeconds, onlyByName }];
  });
  return { scenarios, ids, problems };
}

function manifestWords(name: string, files: string[]): { expected: string; hint: string } {
  if (files.length === 0) return { expected: 'a file of manifests/', hint: 'Add it: manifests/ has none' };
  const suggestion = nearest(name, files);
  return { expected: oneOf(files), hint: suggestion === undefined ? '' : `Did you mean ${suggestion}?` };
}
