import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePlan } from '../catalogue/plan.ts';
import { readCatalogue } from '../catalogue/read.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { writeTinyCatalogue } from './testing/tiny-catalogue.ts';

let root = '';
beforeEach(() => {
  root = writeTinyCatalogue([{ id: 'toy' }, { id: 'other' }]);
});
afterEach(() => fs.rmSync(root, { recursive: true }));

async function now(only: string[] = []) {
  const catalogue = await readCatalogue(root);
  const plan = makePlan({ catalogue, only, scenarios: [], repeat: 1, seed: 1, controls: false });
  return { catalogue, plan, fingerprints: await fingerprintsOf({ catalogue, plan }) };
}

const edit = (file: string, change: (text: string) => string) => {
  const place = path.join(root, file);
  fs.writeFileSync(place, change(fs.existsSync(place) ? fs.readFileSync(place, 'utf8') : ''));
};

/** Which halves of which fingerprints differ: `toy.0` for its files, `toy.1` for its app.yaml. */
function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.entries(before).flatMap(([id, hash]) => {
    const halves = (after[id] ?? '').split('.');
    return hash.split('.').flatMap((half, index) => (half === halves[index] ? [] : [`${id}.${index}`]));
  });
}

test.each<[string, string, (text: string) => string, string[]]>([
  ['a source', 'apps/toy/toy.mjs', (text) => `${text}//\n`, ['toy.0']],
  ['a new source', 'apps/toy/more.mjs', () => '//\n', ['toy.0']],
  ['what a build leaves behind', 'apps/toy/node_modules', () => 'x', []],
  ['the start command', 'apps/toy/app.yaml', (text) => text.replace('"toy.mjs"', '"./toy.mjs"'), ['toy.1']],
  ['the environment', 'apps/toy/app.yaml', (text) => text.replace('"env":{}', '"env":{"A":"1"}'), ['toy.1']],
  ['warm-up', 'apps/toy/app.yaml', (text) => text.replace('Seconds":1', 'Seconds":3'), ['toy.1']],
  ['an estimate', 'apps/toy/app.yaml', (text) => text.replace('{', '{"startUpSeconds":9,'), []],
  ['layout', 'apps/toy/app.yaml', (text) => `# comment\n${text}`, []],
  [
    'the manifest',
    'manifests/naive.yaml',
    (text) => text.replace('PeriodSeconds: 3', 'PeriodSeconds: 4'),
    ['naive.0'],
  ],
  ['the scenario', 'scenarios.yaml', (text) => text.replace('no preStop', 'without preStop'), ['naive.1']],
])('a change of %s', async (_, file, change, expected) => {
  const { fingerprints: before } = await now();
  edit(file, change);
  const { fingerprints: after } = await now();
  expect([
    ...changed(before.frameworks, after.frameworks),
    ...changed(before.scenarios, after.scenarios),
  ]).toEqual(expected);
  expect(after.lab).toBe(before.lab);
});

test('only what is planned has one, and what had one before', async () => {
  const { fingerprints } = await now(['toy']);
  expect(Object.keys(fingerprints.frameworks)).toEqual(['toy']);
  const { catalogue, plan } = await now(['other']);
  const both = await fingerprintsOf({ catalogue, plan, fingerprints });
  expect(Object.keys(both.frameworks).sort()).toEqual(['other', 'toy']);
});
