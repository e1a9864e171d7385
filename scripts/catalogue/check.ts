import { stringify } from 'yaml';
import type { z } from 'zod';
import { nearest } from '../support/nearest.ts';
import { describeAt, isPresent, problemAt, valueAt } from './document.ts';
import type { Path, SourceDocument } from './document.ts';
import type { Problem } from './problem.ts';
import { knownKeys } from './schema-keys.ts';

/** Says of a key that the schema does not have why it is not taken, or undefined for a key unknown to all. */
export type Unsupported = (path: Path, key: string) => string | undefined;

/** A document's value when it fits, and every problem when it does not. */
export interface Checked<Value> {
  value: Value | undefined;
  problems: Problem[];
}

/**
 * Checks a whole document. The message of an issue of the schema is the expectation in words; a hint is
 * derived from what was found, or taken from `params.hint` of a custom issue.
 */
export function check<Value>(
  document: SourceDocument,
  schema: z.ZodType<Value>,
  unsupported: Unsupported = () => undefined,
): Checked<Value> {
  const result = schema.safeParse(document.value);
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey({ document, schema, unsupported, path: issue.path, key }));
    }
    return [problemOf(document, issue)];
  });
  return { value: undefined, problems };
}

/** A part of a document when that part alone fits; for checks across parts, which need only their own. */
export function partAt<Value>(
  document: SourceDocument,
  path: Path,
  schema: z.ZodType<Value>,
): Value | undefined {
  return schema.safeParse(valueAt(document, path)).data;
}

function problemOf(document: SourceDocument, issue: z.core.$ZodIssue): Problem {
  if (issue.code === 'invalid_key') {
    const expected = issue.issues[0]?.message ?? issue.message;
    const key = String(issue.path.at(-1));
    return problemAt(document, issue.path, { expected, found: JSON.stringify(key), part: 'key' });
  }
  return problemAt(document, issue.path, { expected: issue.message, hint: hintFor(document, issue) });
}

function hintFor(document: SourceDocument, issue: z.core.$ZodIssue): string {
  if (!isPresent(document, issue.path)) return 'Add it';
  if (issue.code === 'custom') {
    const hint: unknown = issue.params?.['hint'];
    return typeof hint === 'string' ? hint : '';
  }
  const value = valueAt(document, issue.path);
  if (issue.code !== 'invalid_type') return '';
  if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `Quote it: "${describeAt(document, issue.path).replace(/^the \w+ /, '')}"`;
  }
  if (issue.expected === 'array' && typeof value === 'string')
    return `Write it as a list: ${listOfWords(value)}`;
  const isNumber = issue.expected === 'number' || issue.expected === 'int';
  if (isNumber && typeof value === 'string') return numberHint(value);
  if (issue.expected === 'boolean' && typeof value === 'string') return 'Write true or false, without quotes';
  return '';
}

function numberHint(value: string): string {
  const number = /^(-?\d+(?:\.\d+)?)\s*s?$/.exec(value)?.[1];
  if (number !== undefined) return `Write the number alone: ${number}`;
  return /^-?\d/.test(value) ? 'Write a number alone, without a unit' : '';
}

function listOfWords(value: string): string {
  const words = value.split(/\s+/).filter((word) => word !== '');
  return stringify(words, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
}

interface UnknownKey {
  document: SourceDocument;
  schema: z.ZodType;
  unsupported: Unsupported;
  path: Path;
  key: string;
}

function unknownKey({ document, schema, unsupported, path, key }: UnknownKey): Problem {
  const place = [...path, key];
  const found = JSON.stringify(key);
  const reason = unsupported(path, key);
  if (reason !== undefined) {
    const expected = 'a field that the embedded cluster honours';
    return problemAt(document, place, { expected, found, hint: reason, part: 'key' });
  }
  const known = knownKeys(schema, path);
  const suggestion = nearest(key, known);
  const hint = suggestion === undefined ? 'Remove it' : `Did you mean ${suggestion}?`;
  return problemAt(document, place, { expected: oneOf(known), found, hint, part: 'key' });
}

/** `one of a, b, c` or, of one, `a`. */
export function oneOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : `one of ${names.join(', ')}`;
}
