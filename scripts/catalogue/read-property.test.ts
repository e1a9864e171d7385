import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { LabError } from '../support/errors.ts';
import { startCommand } from '../run/testing/lab-process.ts';
import { projectRoot } from '../support/project.ts';
import { makePlan } from './plan.ts';
import { readCatalogue } from './read.ts';
import { validFiles, writeCatalogue } from './testing/catalogue.ts';
import { textMutations, treeMutation } from './testing/mutations.ts';

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

/** Reads and plans; resolves to true when there is a plan, and to false for problems that are told properly. */
async function isPlanned(root: string): Promise<boolean> {
  try {
    const catalogue = await readCatalogue(root);
    makePlan({ catalogue, only: [], scenarios: [], repeat: 1, controls: false, seed: 1 });
    return true;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    expect(error.code).toBe('catalogue-invalid');
    for (const line of error.message.split('\n').slice(1)) expect(line).toMatch(located);
    return false;
  }
}

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
        await isPlanned(catalogue.root);
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

const projectText = (file: string) => readFileSync(join(projectRoot, file), 'utf8');
const projectFiles = (pattern: string) => globSync(pattern, { cwd: projectRoot }).sort();
const manifestFiles = projectFiles('manifests/*.yaml');

/** An app that stays as it is: the plan is not empty when the changed one has become a control. */
const companion = {
  'apps/companion/app.yaml': validFiles['apps/express/app.yaml'],
  'apps/companion/package-lock.json': validFiles['apps/express/package-lock.json'],
};

/** The project's own scenarios and manifests, and one of its apps with the file that has its version. */
function filesAround(appFile: string): Record<string, string> {
  const app = parse(projectText(appFile)) as { version: { file: string } };
  const files = [appFile, join(dirname(appFile), app.version.file), 'scenarios.yaml', ...manifestFiles];
  return { ...companion, ...Object.fromEntries(files.map((file) => [file, projectText(file)])) };
}

const documents = new Map([
  ...manifestFiles.map((file) => [file, filesAround('apps/express/app.yaml')] as const),
  ...projectFiles('apps/*/app.yaml').map((file) => [file, filesAround(file)] as const),
]);

const appFile = fc.constantFrom(...[...documents.keys()].filter((file) => file.startsWith('apps/')));
const changedDocument = fc
  .tuple(fc.oneof(appFile, fc.constantFrom(...manifestFiles)), fc.oneof(textMutations, treeMutation))
  .map(([file, mutate]) => ({ file, text: mutate(documents.get(file)?.[file] ?? '') }));

const around = ({ file, text }: { file: string; text: string }) =>
  writeCatalogue({ ...documents.get(file), [file]: text });

test('300 changes of the real documents give a plan or located problems', async () => {
  let planned = 0;
  const runs = 300;
  await fc.assert(
    fc.asyncProperty(changedDocument, async (changed) => {
      await using catalogue = await around(changed);
      if (await isPlanned(catalogue.root)) planned += 1;
    }),
    { numRuns: runs },
  );
  // Otherwise the changes would be too small or too large to test anything.
  expect(planned).toBeGreaterThan(10);
  expect(planned).toBeLessThan(runs - 10);
});

test('the command line tells the same, without a stack', async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  for (const changed of fc.sample(changedDocument, { numRuns: 12, seed })) {
    await using catalogue = await around(changed);
    const words = ['--list', '--no-controls', '--catalogue', catalogue.root, '--results', catalogue.root];
    const { exitCode, stderr } = await startCommand('lab', words).ended;
    const about = `seed ${String(seed)}, ${changed.file}:\n${changed.text}`;
    expect([0, 3], `${about}\n${stderr}`).toContain(exitCode);
    expect(stderr, about).not.toMatch(/^ +at /m);
    if (exitCode === 3) expect(stderr, about).toMatch(/:\d+:\d+ |: expected /);
  }
});
