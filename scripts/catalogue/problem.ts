import { LabError } from '../support/errors.ts';

/** A place in a file, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

/** One thing wrong with one document. */
export interface Problem {
  /** Relative to the catalogue, with `/` on every system. */
  file: string;
  /** Undefined where a whole file is the problem, e.g. because it is missing. */
  position: Position | undefined;
  /** Where in the document, as `variants.close.start`; empty for the document itself. */
  path: string;
  expected: string;
  found: string;
  /** What to do, without a full stop; empty where the expectation says it. */
  hint: string;
}

/** One line: `apps/gin/app.yaml:7:12 variants.close.start: expected X, found Y. Hint`. */
export function problemLine(problem: Problem): string {
  const { file, position, path, expected, found, hint } = problem;
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  const subject = path === '' ? place : `${place} ${path}`;
  return visible(`${subject}: expected ${expected}, found ${found}${hint === '' ? '' : `. ${hint}`}`);
}

/** Names of keys and files can have any character; none may break the line or reach the terminal. */
function visible(line: string): string {
  return line.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** All problems as one error (code `catalogue-invalid`, exit code 3), sorted by file and position. */
export function catalogueError(problems: Problem[]): LabError {
  const sorted = problems.toSorted(
    (a, b) =>
      compareText(a.file, b.file) ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
  const count = sorted.length === 1 ? '1 problem' : `${sorted.length} problems`;
  return new LabError(
    'catalogue-invalid',
    [`${count} in the catalogue:`, ...sorted.map(problemLine)].join('\n'),
  );
}

/** Independent of the machine's locale, so that messages are the same everywhere. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const quotedLength = 60;

/** A value as a message shows it; long text is cut, lists and mappings are only named. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  if (typeof value !== 'string') return `a ${typeof value}`;
  const cut = value.length > quotedLength ? `${value.slice(0, quotedLength)}…` : value;
  return JSON.stringify(cut);
}
