import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kindRun } from '../report/testing/kind-run.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { embeddedDelay } from './embedded-delay.ts';
import { publishRun } from './publish.ts';
import { publishedFolder, type Publication } from './published.ts';
import { openRun } from './stored-run.ts';
import { storeRun } from './testing/stored.ts';

let publication: Publication;
beforeEach(() => {
  const project = mkdtempSync(join(tmpdir(), 'delay-'));
  publication = { project, results: join(project, 'results') };
});
afterEach(() => rmSync(publication.project, { recursive: true }));

const publish = async (run: ReturnType<typeof syntheticRun>) => {
  storeRun(publication.results, run);
  await publishRun(openRun('latest', publication.results), publication);
};
const assumed = {
  propagationDelayMs: 500,
  delaySource: 'assumed: no run on kind is published that measured it',
};

test('is assumed while only a run on the embedded cluster is published', async () => {
  await publish(syntheticRun());
  expect(embeddedDelay(publication)).toEqual(assumed);
});

test('is the median of the published run on kind, to 10 ms, and says so', async () => {
  await publish(kindRun());
  expect(embeddedDelay(publication)).toEqual({
    propagationDelayMs: 370,
    delaySource: 'the median of 3 terminations on kind, run 2026-11-22T10-00-00',
  });
});

test('is assumed where the published run cannot be read', () => {
  const folder = publishedFolder(publication, 'kind');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), '{');
  expect(embeddedDelay(publication)).toEqual(assumed);
});
