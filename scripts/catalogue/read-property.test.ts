import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabError } from '../support/errors.ts';
import { readCatalogue } from './read.ts';
import { validFiles, writeCatalogue } from './testing/catalogue.ts';

const files = ['apps/express/app.yaml', 'manifests/hello.yaml', 'scenarios.yaml'] as const;

/** One edit of a text; `at` and `length` are shares of it, so that every text has room for every edit. */
type Mutation = { at: number; length: number; insert: string };

const snippets = [
  '',
  ' ',
  '\n',
  '\t',
  ':',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '!x ',
  '---\n',
].concat([
  'null',
  'true',
  '-1',
  '0',
  '1e999',
  '.nan',
  '~',
  '? ',
  '|\n',
  '>\n',
  '<<: *a\n',
  '__proto__: {}\n',
  'constructor: 1\n',
  '%',
  '@',
  '\0',
  '\uFEFF',
  '😀',
]);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.03, noNaN: true })),
  insert: fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: 'binary', maxLength: 8 })),
});

function mutate(text: string, mutations: Mutation[]): string {
  return mutations.reduce((current, { at, length, insert }) => {
    const start = Math.floor(at * current.length);
    return current.slice(0, start) + insert + current.slice(start + Math.ceil(length * current.length));
  }, text);
}

const located = /^[^\s:]+(:[1-9]\d*:[1-9]\d*)?( .+)?: expected .+, found .+$/u;

test('any change of a document gives a catalogue or located problems, never another error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      async (file, mutations) => {
        await using catalogue = await writeCatalogue({
          ...validFiles,
          [file]: mutate(validFiles[file], mutations),
        });
        try {
          await readCatalogue(catalogue.root);
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          expect(error.code).toBe('catalogue-invalid');
          for (const line of error.message.split('\n').slice(1)) expect(line).toMatch(located);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  { name: 'brackets', text: '['.repeat(30_000) },
  { name: 'closed brackets', text: `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}` },
  { name: 'braces', text: '{a: '.repeat(10_000) },
  { name: 'list items', text: '- '.repeat(20_000) },
  { name: 'anchors', text: '- &a '.repeat(5_000) },
])('nesting without end is a problem, not a crash: $name', async ({ text }) => {
  await using catalogue = await writeCatalogue({ ...validFiles, 'scenarios.yaml': text });
  await expect(readCatalogue(catalogue.root)).rejects.toMatchObject({ code: 'catalogue-invalid' });
});
