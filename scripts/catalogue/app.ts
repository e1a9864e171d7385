import { join } from 'node:path';
import { nearest } from '../support/nearest.ts';
import { appSchema } from './app-schema.ts';
import type { App } from './app-schema.ts';
import { check, oneOf } from './check.ts';
import { isPresent, namesAt, problemAt, valueAt } from './document.ts';
import type { SourceDocument } from './document.ts';
import { readText } from './files.ts';
import { checkImages, imageOf } from './image.ts';
import type { Framework, Toolchain, Variant } from './model.ts';
import type { Problem } from './problem.ts';
import { singleDocument } from './single-document.ts';
import { readVersion } from './version.ts';

/** Of small servers without a virtual machine to warm up. */
const defaultStartUpSeconds = 0.7;

/** Where an app is and what its `app.yaml` may refer to. */
export interface AppPlace {
  root: string;
  /** Name of the folder in `apps/`. */
  id: string;
  /** Undefined when the scenarios could not be read: names are then not checked. */
  scenarioIds: string[] | undefined;
}

/** Reads `apps/<id>/app.yaml`: a framework, or every problem of the file. */
export async function readApp(place: AppPlace): Promise<{ framework?: Framework; problems: Problem[] }> {
  const file = `apps/${place.id}/app.yaml`;
  const read = await readText(place.root, file);
  if ('problem' in read) {
    const hint =
      read.problem.found === 'none'
        ? 'Every folder in apps/ is a framework: add it, or remove the folder'
        : '';
    return { problems: [{ ...read.problem, hint }] };
  }
  const { document, problems } = singleDocument(file, read.text, 'a mapping with name, language, variants');
  if (document === undefined) return { problems };
  const checked = check(document, appSchema);
  const folder = join(place.root, 'apps', place.id);
  const version = await readVersion(document, folder);
  const images = await checkImages(document, place);
  problems.push(
    ...checked.problems,
    ...serverProblems(document),
    ...scenarioProblems(document, place.scenarioIds),
    ...images.problems,
  );
  if ('problems' in version) problems.push(...version.problems);
  if (problems.length > 0 || checked.value === undefined || 'problems' in version) return { problems };
  return {
    framework: frameworkOf(checked.value, { id: place.id, folder, version: version.version }, images),
    problems,
  };
}

function serverProblems(document: SourceDocument): Problem[] {
  if (isPresent(document, ['server'])) return [];
  const lacking = namesAt(document, ['variants']).filter(
    (name) => !isPresent(document, ['variants', name, 'server']),
  );
  if (lacking.length === 0) return [];
  return [
    {
      ...problemAt(document, ['server'], { expected: 'the name of the HTTP server' }),
      hint: `Add it here, or to each variant (missing in ${lacking.join(', ')})`,
    },
  ];
}

function scenarioProblems(document: SourceDocument, known: string[] | undefined): Problem[] {
  if (known === undefined || known.length === 0) return [];
  return namesAt(document, ['variants']).flatMap((variant) => {
    const path = ['variants', variant, 'scenarios'];
    const names = valueAt(document, path);
    if (!Array.isArray(names)) return [];
    return names.flatMap((name: unknown, index) => {
      if (typeof name !== 'string' || !/\S/.test(name)) return []; // the schema has reported it
      if (names.indexOf(name) !== index) {
        return [problemAt(document, [...path, index], { expected: 'each scenario once', hint: 'Remove it' })];
      }
      if (known.includes(name)) return [];
      const suggestion = nearest(name, known);
      const hint = suggestion === undefined ? '' : `Did you mean ${suggestion}?`;
      return [problemAt(document, [...path, index], { expected: oneOf(known), hint })];
    });
  });
}

function frameworkOf(
  app: App,
  place: { id: string; folder: string; version: string },
  { hasImages }: { hasImages: boolean },
): Framework {
  const startUpMs = (app.startUpSeconds ?? defaultStartUpSeconds) * 1000;
  const warmUpMs = (app.warmUpSeconds ?? 2) * 1000;
  const variants = Object.entries(app.variants).map(([name, variant]): Variant => ({
    id: `${place.id}/${name}`,
    framework: place.id,
    name,
    server: variant.server ?? app.server ?? '',
    setting: variant.setting,
    start: variant.start,
    env: variant.env ?? {},
    startUpMs,
    warmUpMs,
    image: hasImages ? imageOf(variant) : undefined,
    scenarios: variant.scenarios,
  }));
  const { name, language, homepage } = app;
  const needs = app.needs.map((need): Toolchain => ({
    ...need,
    versionCommand: need.versionCommand ?? [need.command, '--version'],
  }));
  return {
    ...place,
    name,
    language,
    homepage,
    control: app.control ?? false,
    needs,
    build: app.build ?? '',
    variants,
  };
}
