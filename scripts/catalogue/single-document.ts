import { parseSource, positionOf } from './document.ts';
import type { SourceDocument } from './document.ts';
import { fileProblem } from './files.ts';
import type { Problem } from './problem.ts';

/** A file that must hold exactly one document. */
export function singleDocument(
  file: string,
  text: string,
  expected: string,
): { document: SourceDocument | undefined; problems: Problem[] } {
  const { documents, problems } = parseSource(file, text);
  const [document, second] = documents;
  if (document === undefined && problems.length === 0)
    problems.push(fileProblem(file, { expected, found: 'an empty file' }));
  if (second !== undefined) {
    const hint = 'Remove the line --- and what follows';
    const position = positionOf(second, []);
    problems.push({ file, position, path: '', expected: 'one document', found: 'a second one', hint });
  }
  return { document, problems };
}
