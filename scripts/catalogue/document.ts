import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document, Node, Pair, YAMLError } from 'yaml';
import { messageOf } from '../support/errors.ts';
import { describeValue } from './problem.ts';
import type { Position, Problem } from './problem.ts';
import { syntaxProblem } from './syntax.ts';

/** One YAML document with the positions of all that is in it. */
export interface SourceDocument {
  file: string;
  value: unknown;
  yaml: Document.Parsed;
  lines: LineCounter;
}

/** A file as documents. With problems of syntax there may be fewer documents than in the file. */
export interface Source {
  documents: SourceDocument[];
  problems: Problem[];
}

/** Keys and indexes from the root of a document. */
export type Path = readonly PropertyKey[];

/** Parses a file of any number of documents; empty ones are left out, as `kubectl` does. */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const source: Source = { documents: [], problems: [] };
  try {
    for (const yaml of parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error',
    })) {
      addDocument(source, { file, yaml, lines, text });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    source.problems.push(wholeFile(file, 'less nesting', 'more than can be read'));
  }
  return source;
}

function addDocument(
  source: Source,
  { file, yaml, lines, text }: Omit<SourceDocument, 'value'> & { yaml: Document.Parsed; text: string },
): void {
  const errors = withoutFollowing([...yaml.errors, ...yaml.warnings]);
  source.problems.push(...errors.map((error) => syntaxProblem({ file, lines, text, error })));
  // A repeated key leaves the structure as it is; anything else would only be followed by false alarms.
  if (errors.some((error) => error.code !== 'DUPLICATE_KEY')) return;
  const unusable = unusableNodes({ file, yaml, lines });
  source.problems.push(...unusable);
  if (unusable.length > 0) return;
  try {
    const value: unknown = yaml.toJS();
    if (value !== null) source.documents.push({ file, value, yaml, lines });
  } catch (error) {
    if (error instanceof RangeError) throw error;
    source.problems.push(
      wholeFile(file, 'aliases that can be resolved', messageOf(error).split('\n', 1)[0] ?? ''),
    );
  }
}

/** A tab at the beginning of a line makes the parser report more that is in order once the tab is gone. */
function withoutFollowing(errors: YAMLError[]): YAMLError[] {
  const tabs = errors.filter((error) => error.code === 'TAB_AS_INDENT');
  return tabs.length > 0 ? tabs : errors;
}

/** What plain data cannot have: collections as keys (`{{ x }}` of a template), `__proto__`, aliases of nothing. */
function unusableNodes({ file, yaml, lines }: Omit<SourceDocument, 'value'>): Problem[] {
  const problems: Problem[] = [];
  const anchors = new Set<string>();
  const add = (node: Node, words: Pick<Problem, 'expected' | 'found' | 'hint'>) => {
    problems.push({ file, position: positionAt(lines, node.range?.[0] ?? 0), path: '', ...words });
  };
  visit(yaml, {
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return;
      add(alias, {
        expected: 'the name of an anchor above',
        found: `*${alias.source}`,
        hint: 'Quote text that begins with *',
      });
    },
    Pair(_, { key }) {
      if (key === null || (isScalar(key) && key.value !== '__proto__')) return undefined;
      const expected = 'a word as the key';
      const template = { expected, found: 'a collection', hint: 'Quote text that begins with { or [' };
      const reserved = { expected, found: '"__proto__"', hint: 'Choose another name' };
      add(key as Node, isScalar(key) ? reserved : template);
      return visit.SKIP;
    },
  });
  return problems;
}

function wholeFile(file: string, expected: string, found: string): Problem {
  return { file, position: { line: 1, column: 1 }, path: '', expected, found, hint: '' };
}

/** Line and column of an offset in the text. */
function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** What a walk along a path ends with. */
interface Located {
  /** False when a part of the path is not in the document. */
  complete: boolean;
  /** The last key on the way, undefined at the root and in items of lists. */
  key: Node | undefined;
  value: Node | undefined;
}

function locate(document: SourceDocument, path: Path): Located {
  let located: Located = { complete: true, key: undefined, value: document.yaml.contents ?? undefined };
  for (const part of path) {
    const value = isAlias(located.value) ? located.value.resolve(document.yaml) : located.value;
    const pair = isMap(value) ? value.items.find((item) => keyText(item) === String(part)) : undefined;
    if (pair !== undefined) {
      const node = (pair.value ?? undefined) as Node | undefined;
      located = { complete: true, key: pair.key as Node, value: node };
    } else if (isSeq(value) && value.items[Number(part)] !== undefined) {
      located = { complete: true, key: undefined, value: value.items[Number(part)] as Node };
    } else {
      return { ...located, complete: false };
    }
  }
  return located;
}

function keyText(pair: Pair): string {
  if (!isScalar(pair.key) || pair.key.value === null) return '';
  return typeof pair.key.value === 'string' ? pair.key.value : JSON.stringify(pair.key.value);
}

/** True when the document has something, even an empty value, at the path. */
export function isPresent(document: SourceDocument, path: Path): boolean {
  return locate(document, path).complete;
}

/** The value at the path as plain data, undefined where there is none. */
export function valueAt(document: SourceDocument, path: Path): unknown {
  let value: unknown = document.value;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The keys of the mapping at the path; none where there is no mapping. */
export function namesAt(document: SourceDocument, path: Path): string[] {
  const value = valueAt(document, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/**
 * Where the value at the path stands; the nearest parent's key where the value is missing, its own key
 * where it is empty or `part` asks for it.
 */
export function positionOf(document: SourceDocument, path: Path, part: 'key' | 'value' = 'value'): Position {
  const { complete, key, value } = locate(document, path);
  const empty = value === undefined || (isScalar(value) && value.value === null);
  const node = key !== undefined && (part === 'key' || empty || !complete) ? key : (value ?? key);
  return positionAt(document.lines, node?.range?.[0] ?? 0);
}

/** The value as it is written (`1.10` stays `1.10`), for messages. */
export function describeAt(document: SourceDocument, path: Path): string {
  const { complete, value } = locate(document, path);
  if (
    complete &&
    isScalar(value) &&
    typeof value.value !== 'string' &&
    value.source &&
    value.value !== null
  ) {
    return `the ${typeof value.value} ${value.source}`;
  }
  return describeValue(valueAt(document, path));
}

/** `variants.close.start`, `needs[0].command`, `metadata.labels["app.kubernetes.io/name"]`. */
function pathText(path: Path): string {
  return path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      const text = String(part);
      return /^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

/** A problem at a path of a document. What was found is taken from the document unless given. */
export function problemAt(
  document: SourceDocument,
  path: Path,
  words: { expected: string; found?: string; hint?: string; part?: 'key' | 'value' },
): Problem {
  return {
    file: document.file,
    position: positionOf(document, path, words.part),
    path: pathText(path),
    expected: words.expected,
    found: words.found ?? describeAt(document, path),
    hint: words.hint ?? '',
  };
}
