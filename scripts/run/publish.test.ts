import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { check } from 'prettier';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { foundMarkers, tableMarkers } from '../report/readme.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { writeWhole } from '../support/write-whole.ts';
import { generate, publishRun, staleFiles, type Publication } from './publish.ts';
import { openRun } from './stored-run.ts';
import { storeRun } from './testing/stored.ts';

let publication: Publication;
beforeEach(() => {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), 'publish-'));
  publication = { project, results: path.join(project, 'results') };
  fs.writeFileSync(
    path.join(project, 'README.md'),
    `# Lab\n\n${tableMarkers.begin}\n\n${tableMarkers.end}\n\nMore.\n`,
  );
});
afterEach(() => fs.rmSync(publication.project, { recursive: true }));

const write = async () => {
  for (const { file, content } of await generate(publication)) writeWhole(file, content);
};
const names = (files: string[]) => files.map((file) => path.relative(publication.project, file));
const readme = () => fs.readFileSync(path.join(publication.project, 'README.md'), 'utf8');

test('without a published run the text says so', async () => {
  await write();
  expect(readme()).toContain('No run has been published yet');
  expect(staleFiles(await generate(publication))).toEqual([]);
});

test('a published run is in all three files, formatted, until one of them changes', async () => {
  await write();
  storeRun(publication.results, syntheticRun());
  await publishRun(openRun('latest', publication.results), publication);
  expect(names(staleFiles(await generate(publication)))).toEqual([
    'README.md',
    'results/embedded.md',
    'results/embedded.json',
  ]);
  await write();
  expect(staleFiles(await generate(publication))).toEqual([]);
  expect(readme()).toContain('150/232 refused');
  expect(readme().endsWith(`${tableMarkers.end}\n\nMore.\n`)).toBe(true);
  const files = ['README.md', 'results/embedded.md', 'results/embedded.json'];
  const stored = ['run.json', 'findings.json'].map((file) => `results/published/embedded/${file}`);
  for (const file of [...files, ...stored]) {
    const filepath = path.join(publication.project, file);
    expect(await check(fs.readFileSync(filepath, 'utf8'), { filepath })).toBe(true);
  }
  fs.appendFileSync(path.join(publication.results, 'embedded.md'), '\nedited\n');
  expect(names(staleFiles(await generate(publication)))).toEqual(['results/embedded.md']);
});

test.each([
  {
    name: 'a control failed',
    run: () =>
      syntheticRun((options) =>
        options.variant === 'controls/hang-up' ? { ...options, fail: () => undefined } : options,
      ),
    found: 'controls that failed: controls/hang-up',
  },
  {
    name: 'without controls',
    run: () => {
      const run = syntheticRun();
      run.info.options.controls = false;
      return run;
    },
    found: 'one without controls',
  },
  {
    name: 'a control did not run',
    run: () => {
      const run = syntheticRun();
      run.trials.delete('controls/stubborn/naive/1');
      return run;
    },
    found: 'controls that did not run',
  },
])('a run is not published when $name', async ({ run, found }) => {
  storeRun(publication.results, run());
  const publishing = publishRun(openRun('latest', publication.results), publication);
  await expect(publishing).rejects.toThrow(found);
  expect(fs.existsSync(path.join(publication.results, 'published'))).toBe(false);
});

test('what people wrote about the run gets its figures, and must agree with it', async () => {
  storeRun(publication.results, syntheticRun());
  await publishRun(openRun('latest', publication.results), publication);
  fs.appendFileSync(
    path.join(publication.project, 'README.md'),
    `\n${foundMarkers.begin}\n${foundMarkers.end}\n`,
  );
  const file = path.join(publication.results, 'what-we-found.md');
  fs.writeFileSync(file, 'It loses {toy/bare naive fresh: loses}.\n');
  await write();
  expect(readme()).toContain('It loses 150/232 refused.');
  expect(staleFiles(await generate(publication))).toEqual([]);
  fs.writeFileSync(file, 'It loses nothing: {toy/bare naive fresh: no loss seen}.\n');
  await expect(generate(publication)).rejects.toThrow(
    `${file}:1:19 expected no loss seen, found loses in the published run`,
  );
});

test('a README without markers is an error that says what to do', async () => {
  fs.writeFileSync(path.join(publication.project, 'README.md'), '# Lab\n');
  await expect(generate(publication)).rejects.toThrow('Put both where the text belongs');
});
