import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildAll, buildImages } from './all.ts';
import { openWorkshop, toyFramework, type Workshop } from './testing/toy.ts';
import { imageWith, removeImages, toyImages, withoutEngine } from './testing/toy-images.ts';

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

test.skipIf(withoutEngine !== '')(`each variant has an outcome for its image${withoutEngine}`, async () => {
  const bad = await toyImages(workshop, { dockerfile: 'FROM scratch\nCOPY missing /\n' });
  const without = await toyImages(workshop, { variants: { server: undefined } });
  const good = await toyImages(workshop, { variants: { one: imageWith(), two: imageWith() } });
  const { signal } = new AbortController();
  const { logFolder } = workshop;
  const provide = (image: string) => Promise.resolve({ image: `registry.example/${image}`, loaded: true });
  const outcomes = await buildImages([bad, without, good], { signal, logFolder, quiet: true, provide });
  await removeImages(good);
  expect(outcomes.get(`${bad.id}/server`)).toEqual({ failed: expect.stringContaining('missing') as string });
  expect(outcomes.get(`${without.id}/server`)).toEqual({ skipped: 'no Dockerfile in its folder' });
  expect(outcomes.get(`${good.id}/one`)).toMatchObject({
    artefact: {
      cached: false,
      image: expect.stringMatching(/^registry\.example\/.*:[0-9a-f]{16}$/) as string,
    },
  });
  expect(outcomes.get(`${good.id}/two`)).toEqual(outcomes.get(`${good.id}/one`));
  expect(outcomes.size).toBe(4);
});

test('images need an engine', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = workshop.root;
  const { signal } = new AbortController();
  const provide = () => Promise.reject(new Error('nothing was built'));
  const building = buildImages([], { signal, logFolder: workshop.logFolder, quiet: true, provide });
  await expect(building).rejects.toThrow(
    'Images need a container engine: the command docker is not on the PATH.',
  );
  process.env['PATH'] = path;
});
