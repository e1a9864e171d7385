import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { check } from 'prettier';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { foundMarkers, tableMarkers } from '../report/readme.ts';
import { kindRun } from '../report/testing/kind-run.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { writeWhole } from '../support/write-whole.ts';
import { generate, staleFiles } from './generate.ts';
import { publishRun } from './publish.ts';
import type { Publication } from './published.ts';
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

describe('a run on kind', () => {
  const publish = async () => publishRun(openRun('latest', publication.results), publication);

  test('is published in a place of its own; README shows it and how the clusters compare', async () => {
    storeRun(publication.results, syntheticRun());
    await publish();
    await write();
    expect(readme()).toContain('on the embedded cluster');
    storeRun(publication.results, kindRun());
    await publish();
    expect(names(staleFiles(await generate(publication)))).toEqual([
      'README.md',
      'results/kind.md',
      'results/kind.json',
      'results/comparison.md',
    ]);
    await write();
    expect(staleFiles(await generate(publication))).toEqual([]);
    expect(readme()).toContain('on kind (Kubernetes v1.34.4)');
    expect(readme()).toContain('[results/kind.md](results/kind.md)');
    expect(readme()).toContain('Results on kind and on the embedded cluster compared: 10 cells');
    for (const file of ['README.md', 'results/kind.md', 'results/comparison.md']) {
      const filepath = path.join(publication.project, file);
      expect(await check(fs.readFileSync(filepath, 'utf8'), { filepath })).toBe(true);
    }
    fs.appendFileSync(path.join(publication.results, 'comparison.md'), 'edited');
    expect(names(staleFiles(await generate(publication)))).toEqual(['results/comparison.md']);
  });

  test('alone has no comparison, and no table of the other cluster', async () => {
    storeRun(publication.results, kindRun());
    await publish();
    await write();
    expect(fs.readdirSync(publication.results).toSorted()).toEqual([
      'kind.json',
      'kind.md',
      'published',
      'runs',
    ]);
    expect(readme()).not.toContain('compared');
  });

  test('explanations of the differences get their figures, and must agree with the runs', async () => {
    storeRun(publication.results, syntheticRun());
    await publish();
    storeRun(publication.results, kindRun());
    await publish();
    const file = path.join(publication.results, 'why-they-differ.md');
    fs.writeFileSync(file, 'New connections come for {kind delay} there, for {embedded delay} here.\n');
    await write();
    const compared = fs.readFileSync(path.join(publication.results, 'comparison.md'), 'utf8');
    expect(compared).toContain('## Why\n\nNew connections come for 0.37 s there, for 0.50 s here.');
    fs.writeFileSync(file, 'It loses nothing: {kind toy/bare naive fresh: no loss seen}.\n');
    await expect(generate(publication)).rejects.toThrow(`${file}:1:19 expected no loss seen, found loses`);
  });

  test('on a cluster of somebody is not published', async () => {
    const run = kindRun();
    run.info.cluster.name = 'context:mine';
    storeRun(publication.results, run);
    await expect(publish()).rejects.toThrow('expected a run on kind or embedded, which anyone can repeat');
  });
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
