import { nearest } from '../support/nearest.ts';
import type { App } from './app-schema.ts';
import { oneOf } from './check.ts';
import { isPresent, namesAt, problemAt } from './document.ts';
import type { SourceDocument } from './document.ts';
import { fileProblem, readText } from './files.ts';
import type { ImageSettings } from './model.ts';
import type { Problem } from './problem.ts';

/** Tells whether an app has images, which is so where it has a Dockerfile, and what is wrong with their settings. */
export async function checkImages(
  document: SourceDocument,
  { root, id }: { root: string; id: string },
): Promise<{ hasImages: boolean; problems: Problem[] }> {
  const file = `apps/${id}/Dockerfile`;
  const read = await readText(root, file);
  if ('text' in read) return { hasImages: true, problems: argumentProblems(document, read.text) };
  const { expected, found } = read.problem;
  const problems =
    found === 'none' ? superfluousSettings(document, file) : [fileProblem(file, { expected, found })];
  return { hasImages: false, problems };
}

function superfluousSettings(document: SourceDocument, file: string): Problem[] {
  const expected = 'no settings of an image in a folder without a Dockerfile';
  const paths = namesAt(document, ['variants']).map((variant) => ['variants', variant, 'image']);
  return paths
    .filter((path) => isPresent(document, path))
    .map((path) => problemAt(document, path, { expected, hint: `Add ${file}, or remove them` }));
}

/** The engine only warns of an argument that a Dockerfile does not declare, and builds the same image for all. */
function argumentProblems(document: SourceDocument, dockerfile: string): Problem[] {
  const declared = declaredArguments(dockerfile);
  const expected = declared.length === 0 ? 'none: the Dockerfile declares no ARG' : oneOf(declared);
  return namesAt(document, ['variants']).flatMap((variant) => {
    const path = ['variants', variant, 'image', 'args'];
    const unknown = namesAt(document, path).filter((name) => !declared.includes(name));
    return unknown.map((name) => {
      const suggestion = nearest(name, declared);
      const hint =
        suggestion === undefined ? 'Declare it there, or remove it' : `Did you mean ${suggestion}?`;
      const found = JSON.stringify(name);
      return problemAt(document, [...path, name], { expected, found, hint, part: 'key' });
    });
  });
}

function declaredArguments(dockerfile: string): string[] {
  const lines = [...dockerfile.matchAll(/^[ \t]*ARG[ \t]+(.+)$/gim)];
  const names = lines.flatMap(([, words = '']) => words.trim().split(/\s+/));
  return [...new Set(names.map((name) => name.replace(/=.*/, '')))];
}

/**
 * The image of a variant. Its command is `start`, as in the built folder, unless there is another; an image that has
 * build arguments is made for its variant, so its own entry point is the command.
 */
export function imageOf({ image = {}, start }: App['variants'][string]): ImageSettings {
  const { args = {}, exitCode = 0 } = image;
  const command = image.command ?? (Object.keys(args).length === 0 ? start : undefined);
  return { args, command, exitCode };
}
