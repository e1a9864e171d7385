import { isAbsolute, normalize } from 'node:path';
import { messageOf } from '../support/errors.ts';
import { versionSchema } from './app-schema.ts';
import { partAt } from './check.ts';
import { problemAt } from './document.ts';
import type { SourceDocument } from './document.ts';
import { maximumLockFileBytes, readText } from './files.ts';
import type { Problem } from './problem.ts';

/** The version of a framework as its lock file has it, or why it cannot be read. */
export async function readVersion(
  document: SourceDocument,
  folder: string,
): Promise<{ version: string } | { problems: Problem[] }> {
  const source = partAt(document, ['version'], versionSchema);
  if (source === undefined) return { problems: [] }; // the schema has reported it
  const problems: Problem[] = [];
  const expression = compile(source.pattern);
  if ('problem' in expression) {
    problems.push(problemAt(document, ['version', 'pattern'], expression.problem));
  }
  const path = normalize(source.file);
  if (isAbsolute(path) || path.startsWith('..')) {
    problems.push(
      problemAt(document, ['version', 'file'], { expected: 'a file inside the folder of the app' }),
    );
    return { problems };
  }
  const file = await readText(folder, path, maximumLockFileBytes);
  if ('problem' in file) {
    const { expected, found } = file.problem;
    const words = { expected, found: found === 'none' ? `no file ${source.file}` : found };
    problems.push(
      problemAt(document, ['version', 'file'], { ...words, hint: 'Name the lock file, and commit it' }),
    );
  }
  if ('problem' in file || 'problem' in expression) return { problems };
  const version = expression.regExp.exec(file.text)?.[1];
  if (version !== undefined && version !== '') return { version };
  const expected = `an expression that finds a version in ${source.file}`;
  return { problems: [problemAt(document, ['version', 'pattern'], { expected, found: 'no match' })] };
}

type Compiled = { regExp: RegExp } | { problem: { expected: string; found: string; hint: string } };

function compile(pattern: string): Compiled {
  const expected = 'a regular expression with exactly one group';
  try {
    // An alternative that is empty always matches and shows how many groups there are.
    const groups = (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
    if (groups === 1) return { regExp: new RegExp(pattern, 'm') };
    const hint = 'Put ( ) around the version, and (?: ) around what else is to be grouped';
    return { problem: { expected, found: groups === 0 ? 'no group' : `${groups} groups`, hint } };
  } catch (error) {
    return { problem: { expected, found: `an error: ${messageOf(error)}`, hint: 'Mend the expression' } };
  }
}
