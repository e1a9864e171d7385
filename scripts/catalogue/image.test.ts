import { expect, test } from 'vitest';
import { readCatalogue } from './read.ts';
import { edit, problemLines, validFiles, writeCatalogue } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const dockerfile = `ARG SERVER=tomcat
FROM node AS build
  arg MODE VERSION=1
RUN echo ARG NONE
FROM scratch
ARG SERVER
`;
const files = { 'apps/express/Dockerfile': dockerfile };
const from = '    start: [node, bare.js]\n';
const withImage = (image: string) => `${from}    image: ${image}\n`;

const cases: MalformedCase[] = [
  {
    name: 'without a Dockerfile',
    files: {},
    to: withImage('{ exitCode: 2 }'),
    problems: [
      ':16:12 variants.bare.image: expected no settings of an image in a folder without a Dockerfile, found a mapping. Add apps/express/Dockerfile, or remove them',
    ],
  },
  {
    name: 'argument near one that is declared',
    to: withImage('{ args: { SERVR: netty } }'),
    problems: [
      ':16:22 variants.bare.image.args.SERVR: expected one of SERVER, MODE, VERSION, found "SERVR". Did you mean SERVER?',
    ],
  },
  {
    name: 'argument of a Dockerfile that has none',
    files: { 'apps/express/Dockerfile': 'FROM scratch\n' },
    to: withImage('{ args: { SERVER: netty } }'),
    problems: [
      ':16:22 variants.bare.image.args.SERVER: expected none: the Dockerfile declares no ARG, found "SERVER". Declare it there, or remove it',
    ],
  },
  {
    name: 'argument that is a number',
    to: withImage('{ args: { SERVER: 1 } }'),
    problems: [':16:30 variants.bare.image.args.SERVER: expected text, found the number 1. Quote it: "1"'],
  },
  {
    name: 'arguments as a list',
    to: withImage('{ args: [SERVER] }'),
    problems: [':16:20 variants.bare.image.args: expected a mapping of names to text, found a list of 1'],
  },
  {
    name: 'command as text',
    to: withImage('{ command: node bare.js }'),
    problems: [
      ':16:23 variants.bare.image.command: expected a list of words, found "node bare.js". Write it as a list: [node, bare.js]',
    ],
  },
  {
    name: 'exit code that is none',
    to: withImage('{ exitCode: 256 }'),
    problems: [
      ':16:24 variants.bare.image.exitCode: expected an exit code from 0 to 255, found the number 256',
    ],
  },
  {
    name: 'unknown key',
    to: withImage('{ dockerfile: Dockerfile.bare }'),
    problems: [
      ':16:14 variants.bare.image.dockerfile: expected one of args, command, exitCode, found "dockerfile". Remove it',
    ],
  },
];

test.each(cases)('image: $name', async (malformed) => {
  const lines = await problemLines('apps/express/app.yaml', { from, files, ...malformed });
  expect(lines).toEqual(malformed.problems.map((problem) => `apps/express/app.yaml${problem}`));
});

test('a Dockerfile that is not text', async () => {
  const binary = { 'apps/express/Dockerfile': new Uint8Array([0xff, 0xfe]) };
  expect(
    await problemLines('apps/express/app.yaml', { name: '', from, to: from, files: binary, problems: [] }),
  ).toEqual(['apps/express/Dockerfile: expected a text file in UTF-8, found binary data']);
});

test.each([
  ['nothing', '{}', { args: {}, command: ['node', 'bare.js'], exitCode: 0 }],
  ['an exit code', '{ exitCode: 137 }', { args: {}, command: ['node', 'bare.js'], exitCode: 137 }],
  ['a command', '{ command: [./bare] }', { args: {}, command: ['./bare'], exitCode: 0 }],
  [
    'arguments',
    '{ args: { SERVER: netty } }',
    { args: { SERVER: 'netty' }, command: undefined, exitCode: 0 },
  ],
  ['both', '{ args: { MODE: a }, command: [./a] }', { args: { MODE: 'a' }, command: ['./a'], exitCode: 0 }],
])('an image with %s', async (_, image, expected) => {
  const app = edit(validFiles['apps/express/app.yaml'], from, withImage(image));
  await using catalogue = await writeCatalogue({ ...validFiles, ...files, 'apps/express/app.yaml': app });
  const [framework] = (await readCatalogue(catalogue.root)).frameworks;
  const [bare, close] = framework?.variants ?? [];
  expect(bare?.image).toEqual(expected);
  expect(close?.image).toEqual({ args: {}, command: ['node', 'close.js'], exitCode: 0 });
});

test('no image without a Dockerfile', async () => {
  await using catalogue = await writeCatalogue(validFiles);
  const [framework] = (await readCatalogue(catalogue.root)).frameworks;
  expect(framework?.variants.map(({ image }) => image)).toEqual([undefined, undefined]);
});
