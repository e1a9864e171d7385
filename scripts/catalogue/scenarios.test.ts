import { expect, test } from 'vitest';
import { problemLines } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const cases: MalformedCase[] = [
  {
    name: 'manifest misspelt',
    from: 'manifests/hello.yaml\nslow',
    to: 'manifests/helo.yaml\nslow',
    problems: [
      ':3:13 naive.manifest: expected manifests/hello.yaml, found "manifests/helo.yaml". Did you mean manifests/hello.yaml?',
    ],
  },
  {
    name: 'manifest missing',
    from: '  manifest: manifests/hello.yaml\nslow',
    to: 'slow',
    problems: [':1:1 naive.manifest: expected a file such as manifests/1-naive.yaml, found nothing. Add it'],
  },
  {
    name: 'delay as text',
    from: '0.2\n',
    to: '200ms\n',
    problems: [
      ':7:24 slow.requestDelaySeconds: expected a number of seconds from 0 to 60, found "200ms". Write a number alone, without a unit',
    ],
  },
  {
    name: 'name reserved',
    from: 'slow:',
    to: 'sham:',
    problems: [':4:1 sham: expected another name: sham is that of the trial without a restart, found "sham"'],
  },
  {
    name: 'name with a capital',
    from: 'slow:',
    to: 'Slow:',
    problems: [
      ':4:1 Slow: expected a name of lower-case letters, digits and hyphens that begins with a letter, found "Slow"',
    ],
  },
  {
    name: 'name that begins with a digit',
    from: 'slow:',
    to: '2:',
    problems: [
      ':4:1 2: expected a name of lower-case letters, digits and hyphens that begins with a letter, found "2"',
    ],
  },
  {
    name: 'title of two lines',
    from: 'title: no preStop hook',
    to: 'title: "no\\nhook"',
    problems: [':2:10 naive.title: expected one line for the reader of the table, found "no\\nhook"'],
  },
  { name: 'none', to: '{}\n', problems: [':1:1: expected at least one scenario, found an empty mapping'] },
  {
    name: 'unknown key',
    from: 'requestDelaySeconds: 0.2',
    to: 'requestDelay: 0.2',
    problems: [
      ':7:3 slow.requestDelay: expected one of title, manifest, requestDelaySeconds, onlyByName, found "requestDelay". Did you mean requestDelaySeconds?',
    ],
  },
];

test.each(cases)('scenarios.yaml: $name', async (malformed) => {
  const lines = await problemLines('scenarios.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `scenarios.yaml${problem}`));
});
