import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseDoctorOptions } from './doctor-options.ts';
import { projectRoot } from './project.ts';
import { parseReportOptions } from './report-options.ts';
import { parseTableOptions } from './table-options.ts';

const results = join(projectRoot, 'results');
const parsers = { report: parseReportOptions, table: parseTableOptions, doctor: parseDoctorOptions };

test.each<{ command: keyof typeof parsers; words: string[]; options: object }>([
  { command: 'report', words: ['run-1'], options: { run: 'run-1', json: false, results } },
  {
    command: 'report',
    words: ['--json', 'run-1', '--results', 'r'],
    options: { run: 'run-1', json: true, results: resolve('r') },
  },
  { command: 'table', words: [], options: { from: undefined, check: false, results } },
  {
    command: 'table',
    words: ['--from', 'run-1', '--check'],
    options: { from: 'run-1', check: true, results },
  },
  { command: 'doctor', words: [], options: { json: false } },
  { command: 'doctor', words: ['--json'], options: { json: true } },
])('$command $words', ({ command, words, options }) => {
  expect(parsers[command](words)).toEqual(options);
});

test.each<{ command: keyof typeof parsers; words: string[]; message: string }>([
  {
    command: 'report',
    words: [],
    message:
      '<run>: expected a value, found none. Write npm run report -- <run>. npm run report -- --help lists what there is',
  },
  {
    command: 'report',
    words: ['a', 'b'],
    message:
      '"b": expected one argument, found more. npm passes options on only after two hyphens: npm run report -- --name value. npm run report -- --help lists what there is',
  },
  {
    command: 'table',
    words: ['--chek'],
    message:
      '--chek: expected an option of this command, found an unknown one. Did you mean --check? npm run table -- --help lists what there is',
  },
  {
    command: 'table',
    words: ['--from', ''],
    message: '--from: expected the id or folder of a run, found ""',
  },
  {
    command: 'doctor',
    words: ['--jsn'],
    message:
      '--jsn: expected an option of this command, found an unknown one. Did you mean --json? npm run doctor -- --help lists what there is',
  },
])('$command $words is wrong', ({ command, words, message }) => {
  expect(() => parsers[command](words)).toThrow(
    expect.objectContaining({ code: 'usage', exitCode: 64, message }),
  );
});

test.each(['report', 'table', 'doctor'] as const)('%s --help', (command) => {
  expect(parsers[command](['--help'])).toEqual({
    help: expect.stringContaining(`npm run ${command} --`) as string,
  });
});
