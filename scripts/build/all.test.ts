import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildAll } from './all.ts';
import { openWorkshop, toyFramework, type Workshop } from './testing/toy.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => rm(workshop.root, { recursive: true, force: true }));

test('each framework has an outcome; one that fails does not stop the others', async () => {
  const bad = await toyFramework(workshop, { id: 'bad', build: 'echo no good; exit 1' });
  const absent = await toyFramework(workshop, { id: 'absent', build: 'true' });
  absent.needs = [{ name: 'Go', command: 'no-such-go', atLeast: '1.24', versionCommand: ['no-such-go'] }];
  const good = await toyFramework(workshop, { id: 'good', build: 'cp source built' });
  const { signal } = new AbortController();
  const outcomes = await buildAll([bad, absent, good], {
    signal,
    logFolder: workshop.logFolder,
    quiet: true,
  });
  expect([...outcomes.keys()]).toEqual(['bad', 'absent', 'good']);
  expect(outcomes.get('bad')).toEqual({ failed: expect.stringContaining('no good') as string });
  expect(outcomes.get('absent')).toEqual({ skipped: 'needs Go ≥ 1.24, not found' });
  expect(outcomes.get('good')).toMatchObject({ artefact: { cached: false } });
});

test('an abort ends all of it', async () => {
  const slow = await toyFramework(workshop, { id: 'slow', build: 'sleep 1000' });
  const later = await toyFramework(workshop, { id: 'later', build: 'true' });
  const abort = new AbortController();
  const options = { signal: abort.signal, logFolder: workshop.logFolder, quiet: true };
  const building = buildAll([slow, later], options).catch((error: unknown) => error);
  setTimeout(() => abort.abort(new Error('interrupted')), 300);
  expect(await building).toEqual(new Error('interrupted'));
});
