import { expect, test } from 'vitest';
import { problemLines, validFiles } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const app = validFiles['apps/express/app.yaml'];

const cases: MalformedCase[] = [
  {
    name: 'environment number',
    from: 'MODE: fast',
    to: 'MODE: 1',
    problems: [':20:18 variants.close.env.MODE: expected text, found the number 1. Quote it: "1"'],
  },
  {
    name: 'environment name with a hyphen',
    from: 'MODE: fast',
    to: 'MY-MODE: fast',
    problems: [
      ':20:12 variants.close.env.MY-MODE: expected a name of letters, digits and _, found "MY-MODE"',
    ],
  },
  {
    name: 'environment set by the lab',
    from: 'MODE: fast',
    to: 'PORT: "8080"',
    problems: [
      ':20:12 variants.close.env.PORT: expected a name that the lab does not set itself (HOST, PORT, HOSTNAME, HELLO_REST_REQUEST_DELAY), found "PORT"',
    ],
  },
  {
    name: 'unknown scenario',
    from: 'scenarios: [naive]',
    to: 'scenarios: [naife]',
    problems: [
      ':21:17 variants.close.scenarios[0]: expected one of naive, slow, found "naife". Did you mean naive?',
    ],
  },
  {
    name: 'scenario twice',
    from: 'scenarios: [naive]',
    to: 'scenarios: [naive, naive]',
    problems: [':21:24 variants.close.scenarios[1]: expected each scenario once, found "naive". Remove it'],
  },
  {
    name: 'scenarios left empty',
    from: 'scenarios: [naive]',
    to: 'scenarios:',
    problems: [':21:5 variants.close.scenarios: expected a list of scenarios, found nothing'],
  },
  {
    name: 'scenarios as text',
    from: 'scenarios: [naive]',
    to: 'scenarios: naive',
    problems: [
      ':21:16 variants.close.scenarios: expected a list of scenarios, found "naive". Write it as a list: [naive]',
    ],
  },
  {
    name: 'server neither here nor there',
    from: 'server: Node.js http\n',
    to: '',
    problems: [
      ':1:1 server: expected the name of the HTTP server, found nothing. Add it here, or to each variant (missing in bare)',
    ],
  },
  {
    name: 'version file missing',
    from: 'package-lock.json',
    to: 'go.mod',
    problems: [
      ':6:9 version.file: expected a file that can be read, found no file go.mod. Name the lock file, and commit it',
    ],
  },
  {
    name: 'version file outside',
    from: 'package-lock.json',
    to: '../other/package-lock.json',
    problems: [
      ':6:9 version.file: expected a file inside the folder of the app, found "../other/package-lock.json"',
    ],
  },
  {
    name: 'pattern without match',
    from: '"version": "([^"]+)"',
    to: 'nothing (.*)',
    problems: [
      ':7:12 version.pattern: expected an expression that finds a version in package-lock.json, found no match',
    ],
  },
  {
    name: 'pattern without group',
    from: '"version": "([^"]+)"',
    to: 'version',
    problems: [
      ':7:12 version.pattern: expected a regular expression with exactly one group, found no group. Put ( ) around the version, and (?: ) around what else is to be grouped',
    ],
  },
  {
    name: 'pattern with two groups',
    from: '"version": "([^"]+)"',
    to: '(v)ersion (.*)',
    problems: [
      ':7:12 version.pattern: expected a regular expression with exactly one group, found 2 groups. Put ( ) around the version, and (?: ) around what else is to be grouped',
    ],
  },
  {
    name: 'pattern not valid',
    from: '"version": "([^"]+)"',
    to: 'version (',
    problems: [
      ':7:12 version.pattern: expected a regular expression with exactly one group, found an error: Invalid regular expression: /version (|/: Unterminated group. Mend the expression',
    ],
  },
  {
    name: 'version as text',
    to: app.replace(/version:\n.*\n.*\n/, 'version: 5.1.0\n'),
    problems: [':5:10 version: expected a mapping, found "5.1.0"'],
  },
];

test.each(cases)('app.yaml: $name', async (malformed) => {
  const lines = await problemLines('apps/express/app.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `apps/express/app.yaml${problem}`));
});
