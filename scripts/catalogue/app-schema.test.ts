import { expect, test } from 'vitest';
import { problemLines, validFiles } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const app = validFiles['apps/express/app.yaml'];

const cases: MalformedCase[] = [
  {
    name: 'start as text',
    from: 'start: [node, bare.js]',
    to: 'start: node bare.js',
    problems: [
      ':15:12 variants.bare.start: expected a list of words, found "node bare.js". Write it as a list: [node, bare.js]',
    ],
  },
  {
    name: 'start with a number',
    from: 'start: [node, bare.js]',
    to: 'start: [node, 8080]',
    problems: [':15:19 variants.bare.start[1]: expected a word, found the number 8080. Quote it: "8080"'],
  },
  {
    name: 'start empty list',
    from: 'start: [node, bare.js]',
    to: 'start: []',
    problems: [':15:12 variants.bare.start: expected a list of words, found an empty list'],
  },
  {
    name: 'start left empty',
    from: 'start: [node, bare.js]',
    to: 'start:',
    problems: [':15:5 variants.bare.start: expected a list of words, found nothing'],
  },
  {
    name: 'start missing',
    from: '    start: [node, bare.js]\n',
    to: '',
    problems: [':13:3 variants.bare.start: expected a list of words, found nothing. Add it'],
  },
  {
    name: 'unknown key near a known one',
    from: 'setting: no signal handler',
    to: 'seting: no signal handler',
    problems: [
      ':13:3 variants.bare.setting: expected words that say what is switched on, found nothing. Add it',
      ':14:5 variants.bare.seting: expected one of setting, start, server, env, image, scenarios, found "seting". Did you mean setting?',
    ],
  },
  {
    name: 'unknown key near none',
    from: 'build: npm ci',
    to: 'dockerfile: Dockerfile',
    problems: [
      ':10:1 dockerfile: expected one of name, language, server, homepage, control, version, needs, build, startUpSeconds, warmUpSeconds, variants, found "dockerfile". Remove it',
    ],
  },
  {
    name: 'two problems in one variant',
    from: '    setting: no signal handler\n    start: [node, bare.js]',
    to: '    setting: 1\n    start: node\n    color: red',
    problems: [
      ':14:14 variants.bare.setting: expected words that say what is switched on, found the number 1. Quote it: "1"',
      ':15:12 variants.bare.start: expected a list of words, found "node". Write it as a list: [node]',
      ':16:5 variants.bare.color: expected one of setting, start, server, env, image, scenarios, found "color". Remove it',
    ],
  },
  {
    name: 'variant name in capitals',
    from: '  bare:',
    to: '  Bare:',
    problems: [
      ':13:3 variants.Bare: expected a name of lower-case letters, digits and hyphens that begins with a letter, found "Bare"',
    ],
  },
  {
    name: 'variant twice',
    from: '  bare:',
    to: '  close:',
    problems: [':16:3: expected each key once, found "close" again. Remove one of the two'],
  },
  {
    name: 'no variants',
    to: app.replace(/variants:[^]*/, 'variants: {}\n'),
    problems: [':12:11 variants: expected at least one variant, found an empty mapping'],
  },
  {
    name: 'variants as a list',
    to: app.replace(/variants:[^]*/, 'variants: [bare]\n'),
    problems: [':12:11 variants: expected a mapping of names to variants, found a list of 1'],
  },
  {
    name: 'homepage without scheme',
    from: 'https://expressjs.com',
    to: 'expressjs.com',
    problems: [':4:11 homepage: expected an http or https URL, found "expressjs.com"'],
  },
  {
    name: 'homepage of another scheme',
    from: 'https://expressjs.com',
    to: 'ftp://expressjs.com',
    problems: [':4:11 homepage: expected an http or https URL, found "ftp://expressjs.com"'],
  },
  {
    name: 'version as a number',
    from: '"24"',
    to: '24',
    problems: [
      ':9:46 needs[0].atLeast: expected a version in quotes such as "1.24", found the number 24. Quote it: "24"',
    ],
  },
  {
    name: 'version that YAML reads as a fraction',
    from: '"24"',
    to: '1.10',
    problems: [
      ':9:46 needs[0].atLeast: expected a version in quotes such as "1.24", found the number 1.10. Quote it: "1.10"',
    ],
  },
  {
    name: 'version with a range',
    from: '"24"',
    to: '">=24"',
    problems: [':9:46 needs[0].atLeast: expected a version of digits and dots such as "1.24", found ">=24"'],
  },
  {
    name: 'name missing',
    from: 'name: Express\n',
    to: '',
    problems: [':1:1 name: expected the name as its authors write it, found nothing. Add it'],
  },
  {
    name: 'name blank',
    from: 'name: Express',
    to: 'name: " "',
    problems: [':1:7 name: expected the name as its authors write it, found " "'],
  },
  {
    name: 'name true',
    from: 'name: Express',
    to: 'name: true',
    problems: [
      ':1:7 name: expected the name as its authors write it, found the boolean true. Quote it: "true"',
    ],
  },
  {
    name: 'needs empty',
    from: 'needs:\n  - { name: Node.js, command: node, atLeast: "24" }',
    to: 'needs: []',
    problems: [':8:8 needs: expected a list of at least one tool, found an empty list'],
  },
  {
    name: 'needs a mapping',
    from: 'needs:\n  - { name: Node.js, command: node, atLeast: "24" }',
    to: 'needs: { node: 24 }',
    problems: [':8:8 needs: expected a list of tools, found a mapping'],
  },
  {
    name: 'need without command',
    from: 'command: node, ',
    to: '',
    problems: [':9:5 needs[0].command: expected a command looked up on the PATH, found nothing. Add it'],
  },
  {
    name: 'duration with unit',
    from: '1.5',
    to: '2s',
    problems: [
      ':11:16 warmUpSeconds: expected a number of seconds from 0 to 600, found "2s". Write the number alone: 2',
    ],
  },
  {
    name: 'duration negative',
    from: '1.5',
    to: '-1',
    problems: [':11:16 warmUpSeconds: expected a number of seconds from 0 to 600, found the number -1'],
  },
  {
    name: 'duration too long',
    from: '1.5',
    to: '3600',
    problems: [':11:16 warmUpSeconds: expected a number of seconds from 0 to 600, found the number 3600'],
  },
  {
    name: 'duration infinite',
    from: '1.5',
    to: '.inf',
    problems: [':11:16 warmUpSeconds: expected a number of seconds from 0 to 600, found the number .inf'],
  },
  {
    name: 'control in quotes',
    from: 'build: npm ci',
    to: 'control: "yes"',
    problems: [':10:10 control: expected true or false, found "yes". Write true or false, without quotes'],
  },
  {
    name: 'build as a list',
    from: 'build: npm ci',
    to: 'build: [npm, ci]',
    problems: [':10:8 build: expected a shell script, found a list of 2'],
  },
];

test.each(cases)('app.yaml: $name', async (malformed) => {
  const lines = await problemLines('apps/express/app.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `apps/express/app.yaml${problem}`));
});
