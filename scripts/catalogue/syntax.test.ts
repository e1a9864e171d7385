import { expect, test } from 'vitest';
import { problemLines } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const cases: MalformedCase[] = [
  {
    name: 'tab',
    from: '  file: package-lock.json',
    to: '\tfile: package-lock.json',
    problems: [':6:1: expected spaces as indentation, found a tab. Replace the tab by spaces'],
  },
  {
    name: 'broken YAML',
    from: 'name: Express',
    to: 'name: Express: fast',
    problems: [
      ':1:7: expected YAML, found an error: Nested mappings are not allowed in compact mappings. Quote text that contains ": ", or mend the indentation',
    ],
  },
  {
    name: 'bracket left open',
    from: 'start: [node, bare.js]',
    to: 'start: [node, bare.js',
    problems: [
      ':16:3: expected YAML, found an error: Flow sequence in block collection must be sufficiently indented and end with a ]. Mend the indentation',
    ],
  },
  {
    name: 'reserved character',
    from: 'setting: no signal handler',
    to: 'setting: @godaddy/terminus',
    problems: [
      ':14:14: expected YAML, found an error: Plain value cannot start with reserved character @. Quote the text',
    ],
  },
  {
    name: 'tag',
    from: 'name: Express',
    to: 'name: !name Express',
    problems: [':1:7: expected plain values, found a YAML tag. Remove the word that begins with !'],
  },
  {
    name: 'alias of nothing',
    from: 'name: Express',
    to: 'name: *name',
    problems: [':1:7: expected the name of an anchor above, found *name. Quote text that begins with *'],
  },
  {
    name: 'template',
    from: 'name: Express',
    to: '{{ name }}: Express',
    problems: [':1:1: expected a word as the key, found a collection. Quote text that begins with { or ['],
  },
  {
    name: 'second document',
    from: 'name: Express',
    to: '---\na: b\n---\nname: Express',
    problems: [
      ':2:1 name: expected the name as its authors write it, found nothing. Add it',
      ':2:1 language: expected a programming language, found nothing. Add it',
      ':2:1 homepage: expected an http or https URL, found nothing. Add it',
      ':2:1 version: expected a mapping, found nothing. Add it',
      ':2:1 needs: expected a list of tools, found nothing. Add it',
      ':2:1 variants: expected a mapping of names to variants, found nothing. Add it',
      ':2:1 a: expected one of name, language, server, homepage, control, version, needs, build, startUpSeconds, warmUpSeconds, variants, found "a". Remove it',
      ':4:1: expected one document, found a second one. Remove the line --- and what follows',
    ],
  },
  { name: 'a list', to: '- name: Express\n', problems: [':1:1: expected a mapping, found a list of 1'] },
  { name: 'a word', to: 'Express\n', problems: [':1:1: expected a mapping, found "Express"'] },
  {
    name: 'empty',
    to: '',
    problems: [': expected a mapping with name, language, variants, found an empty file'],
  },
  {
    name: 'only a comment',
    to: '# nothing\n',
    problems: [': expected a mapping with name, language, variants, found an empty file'],
  },
  {
    name: 'circular alias',
    from: 'start: [node, bare.js]',
    to: 'start: &start [node, *start]',
    problems: [':15:26 variants.bare.start[1]: expected a word, found a list of 2'],
  },
  {
    name: 'aliases without end',
    to: 'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c]\n',
    problems: [
      ':1:1: expected aliases that can be resolved, found Excessive alias count indicates a resource exhaustion attack',
    ],
  },
  {
    name: 'prototype key',
    from: 'name: Express',
    to: '__proto__: {}\nname: Express',
    problems: [':1:1: expected a word as the key, found "__proto__". Choose another name'],
  },
];

test.each(cases)('YAML: $name', async (malformed) => {
  const lines = await problemLines('apps/express/app.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `apps/express/app.yaml${problem}`));
});
