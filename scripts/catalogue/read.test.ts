import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LabError, exitCodes } from '../support/errors.ts';
import { projectRoot } from '../support/project.ts';
import { readCatalogue } from './read.ts';
import { edit, validFiles, writeCatalogue } from './testing/catalogue.ts';

async function errorOf(files: Record<string, string | Uint8Array | undefined>): Promise<LabError> {
  await using catalogue = await writeCatalogue(files);
  const error: unknown = await readCatalogue(catalogue.root).catch((reason: unknown) => reason);
  if (!(error instanceof LabError)) throw new Error('expected a LabError', { cause: error });
  return error;
}

const app = 'apps/express/app.yaml';
const lockFile = 'apps/express/package-lock.json';

test.each<{ name: string; files: Record<string, string | Uint8Array | undefined>; problems: string[] }>([
  {
    name: 'folder with a capital',
    files: {
      [app]: undefined,
      [lockFile]: undefined,
      'apps/Express/app.yaml': validFiles[app],
      'apps/Express/package-lock.json': validFiles[lockFile],
    },
    problems: [
      'apps/Express: expected a name of lower-case letters, digits and hyphens, found "Express". Rename the folder',
    ],
  },
  {
    name: 'no apps',
    files: { [app]: undefined, [lockFile]: undefined },
    problems: ['apps: expected a folder with one folder for each framework, found none'],
  },
  {
    name: 'no scenarios.yaml',
    files: { 'scenarios.yaml': undefined },
    problems: ['scenarios.yaml: expected a file that can be read, found none'],
  },
  {
    name: 'no manifests',
    files: { 'manifests/hello.yaml': undefined },
    problems: [
      'scenarios.yaml:3:13 naive.manifest: expected a file of manifests/, found "manifests/hello.yaml". Add it: manifests/ has none',
      'scenarios.yaml:6:13 slow.manifest: expected a file of manifests/, found "manifests/hello.yaml". Add it: manifests/ has none',
    ],
  },
  {
    name: 'app.yaml is a folder',
    files: { [app]: undefined, 'apps/express/app.yaml/x': '' },
    problems: ['apps/express/app.yaml: expected a file that can be read, found a folder'],
  },
  {
    name: 'not UTF-8',
    files: { [app]: new Uint8Array([0xff, 0xfe, 0x00]) },
    problems: ['apps/express/app.yaml: expected a text file in UTF-8, found binary data'],
  },
  {
    name: 'NUL characters',
    files: { 'scenarios.yaml': 'naive: \0' },
    problems: ['scenarios.yaml: expected a text file, found binary data'],
  },
  {
    name: 'huge',
    files: { [app]: '# '.repeat(100_000) },
    problems: ['apps/express/app.yaml: expected a text file of at most 64 KiB, found 196 KiB'],
  },
  {
    name: 'manifest that no scenario names',
    files: { 'manifests/other.yaml': 'kind: Pod\n' },
    problems: [
      `manifests/other.yaml:1:7 kind: expected Deployment or Service, found "Pod". Not supported by the lab's embedded cluster; remove this document`,
    ],
  },
  {
    name: 'problems of several files',
    files: {
      [app]: edit(validFiles[app], 'name: Express', 'nam: Express'),
      'apps/gin/app.yaml': '',
      'manifests/hello.yaml': edit(validFiles['manifests/hello.yaml'], 'replicas: 5', 'replicas: 0'),
      'scenarios.yaml': edit(validFiles['scenarios.yaml'], '0.2\n', 'slow\n'),
    },
    problems: [
      'apps/express/app.yaml:1:1 name: expected the name as its authors write it, found nothing. Add it',
      'apps/express/app.yaml:1:1 nam: expected one of name, language, server, homepage, control, version, needs, build, startUpSeconds, warmUpSeconds, variants, found "nam". Did you mean name?',
      'apps/gin/app.yaml: expected a mapping with name, language, variants, found an empty file',
      'manifests/hello.yaml:6:13 spec.replicas: expected a whole number of pods from 1 to 100, found the number 0',
      'scenarios.yaml:7:24 slow.requestDelaySeconds: expected a number of seconds from 0 to 60, found "slow"',
    ],
  },
])('readCatalogue: $name', async ({ files, problems }) => {
  const error = await errorOf({ ...validFiles, ...files });
  expect(error).toMatchObject({ code: 'catalogue-invalid', exitCode: exitCodes.setUp });
  const [heading, ...lines] = error.message.split('\n');
  expect(lines).toEqual(problems);
  expect(heading).toBe(`${problems.length} problem${problems.length === 1 ? '' : 's'} in the catalogue:`);
});

test('an app that cannot be read costs only itself', async () => {
  await using catalogue = await writeCatalogue({
    ...validFiles,
    'apps/gin/main.go': 'package main',
    'apps/koa/app.yaml': '- x',
  });
  const { frameworks, broken } = await readCatalogue(catalogue.root);
  expect(frameworks.map(({ id }) => id)).toEqual(['express']);
  expect(broken.map(({ error }) => error.message)).toEqual([
    '1 problem in the catalogue:\napps/gin/app.yaml: expected a file that can be read, found none. Every folder in apps/ is a framework: add it, or remove the folder',
    '1 problem in the catalogue:\napps/koa/app.yaml:1:1: expected a mapping, found a list of 1',
  ]);
});

test('readCatalogue reads a catalogue without problems', async () => {
  await using catalogue = await writeCatalogue({
    ...validFiles,
    'apps/README.md': 'text',
    'apps/.cache/x': '',
  });
  const { frameworks, scenarios } = await readCatalogue(catalogue.root);
  expect(frameworks).toEqual([
    {
      id: 'express',
      name: 'Express',
      language: 'JavaScript',
      homepage: 'https://expressjs.com',
      version: '5.1.0',
      folder: join(catalogue.root, 'apps/express'),
      control: false,
      needs: [{ name: 'Node.js', command: 'node', atLeast: '24', versionCommand: ['node', '--version'] }],
      build: 'npm ci',
      variants: [
        {
          id: 'express/bare',
          framework: 'express',
          name: 'bare',
          server: 'Node.js http',
          setting: 'no signal handler',
          start: ['node', 'bare.js'],
          env: {},
          startUpMs: 700,
          warmUpMs: 1500,
          scenarios: undefined,
        },
        {
          id: 'express/close',
          framework: 'express',
          name: 'close',
          server: 'Node.js http2',
          setting: 'server.close()',
          start: ['node', 'close.js'],
          env: { MODE: 'fast' },
          startUpMs: 700,
          warmUpMs: 1500,
          scenarios: ['naive'],
        },
      ],
    },
  ]);
  expect(scenarios.map(({ id, requestDelaySeconds }) => [id, requestDelaySeconds])).toEqual([
    ['naive', 0],
    ['slow', 0.2],
  ]);
  expect(scenarios[0]?.manifest).toBe(scenarios[1]?.manifest);
});

test('readCatalogue takes a variant without scenarios, which is only probed', async () => {
  await using catalogue = await writeCatalogue({
    ...validFiles,
    [app]: edit(validFiles[app], 'scenarios: [naive]', 'scenarios: []'),
  });
  const { frameworks } = await readCatalogue(catalogue.root);
  expect(frameworks[0]?.variants.map(({ scenarios }) => scenarios)).toEqual([undefined, []]);
});

test('readCatalogue resolves aliases and takes carriage returns and a byte order mark', async () => {
  const text = edit(validFiles[app], 'start: [node, bare.js]', 'start: &start [node, bare.js]');
  const changed = `\uFEFF${edit(text, '[node, close.js]', '*start').replaceAll('\n', '\r\n')}`;
  await using catalogue = await writeCatalogue({ ...validFiles, [app]: changed });
  const { frameworks } = await readCatalogue(catalogue.root);
  expect(frameworks[0]?.variants.map(({ start }) => start)).toEqual([
    ['node', 'bare.js'],
    ['node', 'bare.js'],
  ]);
});

const hasCatalogue = await access(join(projectRoot, 'scenarios.yaml')).then(
  () => true,
  () => false,
);

test.skipIf(!hasCatalogue)('readCatalogue reads the catalogue of the project', async () => {
  const { frameworks, scenarios } = await readCatalogue(projectRoot);
  expect(frameworks.length).toBeGreaterThan(0);
  expect(scenarios.length).toBeGreaterThan(0);
});
