import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';

/** One change of a document, as people and broken tools make them. */
export type Mutate = (text: string) => string;

const oddValues: unknown[] = [
  null,
  '',
  true,
  0,
  -1,
  0.5,
  Infinity,
  2 ** 53,
  'NaN',
  '8080',
  ' ',
  '..',
  '/etc/passwd',
  '../../outside',
  '\u0000',
  'a\nb',
  '${HOME}',
  '(((',
  '[',
  '2026-11-21',
  [],
  [[]],
  {},
  { __proto__: 1 },
  { a: { b: {} } },
  'x'.repeat(5000),
];

const oddScalars = [
  '',
  '~',
  '"',
  "'",
  '[',
  '{}',
  '!!binary x',
  '!!int a',
  '&a *a',
  '*nobody',
  '|',
  '>-',
  '%',
  '@',
  '0x1F',
  '1_000',
  '.inf',
  'yes',
  '12:30:45',
  '\t',
  '- -',
  '? :',
  '# nothing',
  '---',
  '...',
  '<<: *a',
];

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Index in a list of this length, at a share of it. */
function at(position: number, length: number): number {
  return Math.floor(position * length);
}

function onLines(change: (lines: string[], index: number) => void, position: number): Mutate {
  return (text) => {
    const lines = text.split('\n');
    change(lines, at(position, lines.length));
    return lines.join('\n');
  };
}

const lineMutation: fc.Arbitrary<Mutate> = fc.oneof(
  share.map((position) => onLines((lines, index) => lines.splice(index, 1), position)),
  share.map((position) => onLines((lines, index) => lines.splice(index, 0, lines[index] ?? ''), position)),
  fc.tuple(share, share).map(([position, other]) =>
    onLines((lines, index) => {
      const second = at(other, lines.length);
      [lines[index], lines[second]] = [lines[second] ?? '', lines[index] ?? ''];
    }, position),
  ),
  fc.tuple(share, fc.constantFrom('', ' ', '   ', '\t', '        ')).map(([position, indentation]) =>
    onLines((lines, index) => {
      lines[index] = indentation + (lines[index] ?? '').trimStart();
    }, position),
  ),
  fc.tuple(share, fc.constantFrom(...oddScalars)).map(([position, scalar]) =>
    onLines((lines, index) => {
      lines[index] = (lines[index] ?? '').replace(/(:|-)( .*)?$/, `$1 ${scalar}`);
    }, position),
  ),
);

const textMutation: fc.Arbitrary<Mutate> = fc.oneof(
  share.map((position) => (text: string) => text.slice(0, at(position, text.length))),
  fc.tuple(share, fc.string({ unit: 'binary', minLength: 1, maxLength: 6 })).map(
    ([position, inserted]) =>
      (text: string) =>
        text.slice(0, at(position, text.length)) + inserted + text.slice(at(position, text.length)),
  ),
);

/** Every list and mapping of a value, the outermost first. */
function collections(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(collections)];
}

type TreeChange = (collection: Record<string, unknown>, key: string) => void;

function onTree(change: TreeChange, [where, which]: [number, number]): Mutate {
  return (text) => {
    const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
    const all = collections(documents).slice(1);
    const collection = all[at(where, all.length)] ?? {};
    const keys = Object.keys(collection);
    change(collection, keys[at(which, keys.length)] ?? 'empty');
    return documents.map((document) => stringify(document)).join('---\n');
  };
}

const place = fc.tuple(share, share);

/** Changes of what a document says, not of how it is written. */
export const treeMutation: fc.Arbitrary<Mutate> = fc.oneof(
  fc
    .tuple(place, fc.constantFrom(...oddValues))
    .map(([where, value]) => onTree((collection, key) => (collection[key] = value), where)),
  place.map((where) => onTree((collection, key) => Reflect.deleteProperty(collection, key), where)),
  fc.tuple(place, fc.constantFrom('', 'toString', '__proto__', 'nmae', 'a.b', '0')).map(([where, name]) =>
    onTree((collection, key) => {
      collection[name] = collection[key];
      Reflect.deleteProperty(collection, key);
    }, where),
  ),
  place.map((where) => onTree((collection, key) => (collection[key] = [collection[key]]), where)),
  place.map((where) => onTree((collection, key) => (collection[key] = { [key]: collection[key] }), where)),
);

/** Several changes of the text of a document. */
export const textMutations: fc.Arbitrary<Mutate> = fc
  .array(fc.oneof({ weight: 3, arbitrary: lineMutation }, { weight: 1, arbitrary: textMutation }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((changes) => (text) => changes.reduce((current, change) => change(current), text));
