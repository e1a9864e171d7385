import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseProbeOptions } from './probe-options.ts';
import { projectRoot } from './project.ts';

const defaults = {
  repeat: 1,
  sweep: undefined,
  json: false,
  catalogue: projectRoot,
  results: join(projectRoot, 'results'),
};

test.each<{ words: string[]; options: object }>([
  { words: ['gin/shutdown'], options: { subject: { variant: 'gin/shutdown' } } },
  {
    words: ['gin/shutdown', '--repeat', '3', '--json'],
    options: { subject: { variant: 'gin/shutdown' }, repeat: 3, json: true },
  },
  { words: ['--command', 'node a.js -p'], options: { subject: { command: 'node a.js -p' } } },
  {
    words: ['--sweep', 'gin/shutdown'],
    options: { subject: { variant: 'gin/shutdown' }, sweep: { connections: 400 } },
  },
  {
    words: ['gin/shutdown', '--sweep', '--connections', '50'],
    options: { subject: { variant: 'gin/shutdown' }, sweep: { connections: 50 } },
  },
  {
    words: ['a/b', '--catalogue', 'c', '--results', 'r'],
    options: { subject: { variant: 'a/b' }, catalogue: resolve('c'), results: resolve('r') },
  },
])('$words', ({ words, options }) => {
  expect(parseProbeOptions(words)).toEqual({ ...defaults, ...options });
});

test.each<{ name: string; words: string[]; message: string }>([
  {
    name: 'nothing to probe',
    words: [],
    message:
      '[variant]: expected a variant or --command, found neither. Write for example npm run probe -- gin/shutdown',
  },
  {
    name: 'two things to probe',
    words: ['gin/shutdown', '--command', 'node a.js'],
    message: '--command: expected no variant beside it, found "gin/shutdown". Write only one',
  },
  {
    name: 'two variants',
    words: ['a/b', 'a/c'],
    message:
      '"a/c": expected one argument, found more. npm passes options on only after two hyphens: npm run probe -- --name value. npm run probe -- --help lists what there is',
  },
  {
    name: 'an empty command',
    words: ['--command', ' '],
    message: '--command: expected a command, found " "',
  },
  {
    name: 'connections of no sweep',
    words: ['a/b', '--connections', '5'],
    message:
      '--connections: expected together with --sweep, found alone. It says how many connections are swept',
  },
  {
    name: 'no connections',
    words: ['a/b', '--sweep', '--connections', '0'],
    message:
      '--connections: expected a whole number from 1 to 10000, found "0". Write for example --connections 1',
  },
  {
    name: 'a typing error',
    words: ['a/b', '--sweeep'],
    message:
      '--sweeep: expected an option of this command, found an unknown one. Did you mean --sweep? npm run probe -- --help lists what there is',
  },
])('$name is wrong', ({ words, message }) => {
  expect(() => parseProbeOptions(words)).toThrow(
    expect.objectContaining({ code: 'usage', exitCode: 64, message }),
  );
});

test('--help', () => {
  expect(parseProbeOptions(['--help'])).toEqual({
    help: expect.stringContaining('npm run probe -- [options] [variant]') as string,
  });
});
