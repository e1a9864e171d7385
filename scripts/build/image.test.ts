import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Framework } from '../catalogue/model.ts';
import { containment } from '../support/contained.ts';
import { LabError } from '../support/errors.ts';
import { imageJobs } from './image-jobs.ts';
import { buildImage, type BuiltImage } from './image.ts';
import { openWorkshop, type Workshop } from './testing/toy.ts';
import { imageNames, imageWith, removeImages, toyImages, withoutEngine } from './testing/toy-images.ts';

let workshop: Workshop;
const toys: Framework[] = [];
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  for (const toy of toys.splice(0)) await removeImages(toy);
  await rm(workshop.root, { recursive: true, force: true });
});

async function makeToy(options: Parameters<typeof toyImages>[1] = {}): Promise<Framework> {
  const toy = await toyImages(workshop, options);
  toys.push(toy);
  return toy;
}

function build(toy: Framework, signal = new AbortController().signal): Promise<BuiltImage> {
  const [job] = imageJobs(toy);
  return buildImage(job!, { signal, logFolder: workshop.logFolder });
}

const isPartial = (name: string) => name.includes('partial');

/** For a build that does not end by itself: the engine asks this machine for a file that never ends. */
async function startEndlessDownload() {
  const downloads = createServer((_, response) => response.write('x'));
  const request = once(downloads, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  await once(downloads.listen(0, '127.0.0.1'), 'listening');
  const { port } = downloads.address() as AddressInfo;
  return {
    dockerfile: `FROM scratch\nADD http://127.0.0.1:${port}/x /\n`,
    began: request,
    ended: request.then(([, response]) => once(response, 'close')),
    [Symbol.asyncDispose]: async () => {
      downloads.closeAllConnections();
      await new Promise((resolve) => downloads.close(resolve));
    },
  };
}

test('variants with the same build arguments have one image', async () => {
  const toy = await toyImages(workshop, {
    variants: {
      one: imageWith({ A: '1', B: '2' }),
      two: imageWith({ B: '2', A: '1' }),
      three: imageWith({ A: '1' }),
      plain: imageWith(),
      none: undefined,
    },
  });
  const jobs = imageJobs(toy).map(({ name, args, variants }) => [
    name.replace(toy.id, 'toy'),
    args,
    variants.map((variant) => variant.name),
  ]);
  expect(jobs).toEqual([
    ['toy/one+two', { A: '1', B: '2' }, ['one', 'two']],
    ['toy/three', { A: '1' }, ['three']],
    ['toy', {}, ['plain']],
  ]);
});

describe.skipIf(withoutEngine !== '')(`an image${withoutEngine}`, () => {
  test('is built once, and has its log in each run', async () => {
    const toy = await makeToy();
    const first = await build(toy);
    expect(first.cached).toBe(false);
    expect(first.image).toMatch(new RegExp(`^zero-downtime-lab/${toy.id}:[0-9a-f]{16}$`));
    expect(await imageNames(toy)).toEqual([first.image]);
    const log = await readFile(join(workshop.logFolder, `${toy.id}.log`), 'utf8');
    expect(log).toContain('COPY source');
    await rm(workshop.logFolder, { recursive: true });
    expect(await build(toy)).toMatchObject({ image: first.image, cached: true });
    expect(await readFile(join(workshop.logFolder, `${toy.id}.log`), 'utf8')).toBe(log);
    expect(await readdir(join(workshop.cache, 'images'))).toHaveLength(1);
  });

  test.each([
    ['a source', (toy: Framework) => writeFile(join(toy.folder, 'source'), 'other\n')],
    [
      'the Dockerfile',
      (toy: Framework) => writeFile(join(toy.folder, 'Dockerfile'), 'FROM scratch\nADD source /\n'),
    ],
    ['a build argument', (toy: Framework) => (toy.variants[0]!.image = imageWith({ SERVER: 'other' }))],
  ])('is built again when %s changes', async (_, change) => {
    const toy = await makeToy({
      dockerfile: 'FROM scratch\nARG SERVER\nLABEL server=$SERVER\nCOPY source /\n',
    });
    const first = await build(toy);
    await change(toy);
    const second = await build(toy);
    expect(second.cached).toBe(false);
    expect(second.image).not.toBe(first.image);
  });

  test('is not built again for what is no source', async () => {
    const toy = await makeToy();
    await build(toy);
    await writeFile(join(toy.folder, 'app.yaml'), 'name: other\n');
    expect((await build(toy)).cached).toBe(true);
  });

  test('has the build arguments of its variant', async () => {
    const toy = await makeToy({
      dockerfile: 'FROM scratch\nARG SERVER\nLABEL server=$SERVER\nCOPY source /\n',
      variants: { netty: imageWith({ SERVER: 'reactor netty' }) },
    });
    const { image } = await build(toy);
    const format = '{{.Config.Labels.server}}';
    expect((await execa('docker', ['image', 'inspect', '--format', format, image])).stdout).toBe(
      'reactor netty',
    );
    expect(await readdir(workshop.logFolder)).toEqual([`${toy.id}-netty.log`]);
  });

  test('that cannot be built says so as a native build does, and is tried again', async () => {
    const toy = await makeToy({ dockerfile: 'FROM scratch\nCOPY missing /\n' });
    const error: unknown = await build(toy).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LabError);
    const { code, message } = error as LabError;
    expect(code).toBe('build-failed');
    expect(message).toMatch(new RegExp(`^build of the image of ${toy.id} failed: exit code 1 after `));
    expect(message).toContain(`command: cd ${toy.folder} && docker build --tag zero-downtime-lab/${toy.id}:`);
    expect(message).toMatch(/"\/missing": not found|no such file/);
    expect(await readFile(join(workshop.logFolder, `${toy.id}.log`), 'utf8')).toContain('missing');
    expect((await readdir(join(workshop.cache, 'images'))).every((name) => name.endsWith('.log'))).toBe(true);
    await writeFile(join(toy.folder, 'missing'), '');
    expect((await build(toy)).cached).toBe(false);
  });

  test('that is old goes, but not one that is used, tagged by hand or of other arguments', async () => {
    const toy = await makeToy({
      dockerfile: 'FROM scratch\nARG SERVER\nLABEL server=$SERVER\nCOPY source /\n',
    });
    const withArgs = { ...toy, variants: [{ ...toy.variants[0]!, image: imageWith({ SERVER: 'a' }) }] };
    const { image: other } = await build(withArgs);
    const images: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await writeFile(join(toy.folder, 'source'), String(round));
      images.push((await build(toy)).image);
    }
    const byHand = `zero-downtime-lab/${toy.id}:mine`;
    await execa('docker', ['image', 'tag', images[0]!, byHand]);
    // Used again, so that the second is the oldest.
    await writeFile(join(toy.folder, 'source'), '0');
    expect((await build(toy)).cached).toBe(true);
    await writeFile(join(toy.folder, 'source'), '3');
    images.push((await build(toy)).image);
    const kept = [images[0]!, images[2]!, images[3]!, byHand, other];
    expect((await imageNames(toy)).sort()).toEqual(kept.sort());
    expect(await readdir(join(workshop.cache, 'images'))).toHaveLength(4);
  });

  test('that was just built stays when older ones have the same content', async () => {
    const toy = await makeToy();
    const images: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      await writeFile(join(toy.folder, 'not-in-the-image'), String(round));
      images.push((await build(toy)).image);
      expect(await imageNames(toy)).toContain(images.at(-1));
    }
    expect(new Set(images).size).toBe(5);
    expect(await imageNames(toy)).toHaveLength(3);
  });

  test('whose build is aborted leaves nothing behind, in the engine neither', async () => {
    await using endless = await startEndlessDownload();
    const toy = await makeToy({ dockerfile: endless.dockerfile });
    const abort = new AbortController();
    const building = build(toy, abort.signal).catch((reason: unknown) => reason);
    await endless.began;
    abort.abort(new Error('interrupted'));
    expect(await building).toEqual(new Error('interrupted'));
    await endless.ended;
    expect(await readdir(join(workshop.cache, 'images'))).toEqual([]);
    expect(await imageNames(toy)).toEqual([]);
  });

  test.runIf(containment().parentDeathSignal)(
    'whose build ends with kill -9 is not built on; the next build clears up',
    async () => {
      await using endless = await startEndlessDownload();
      const toy = await makeToy({ dockerfile: endless.dockerfile });
      const other = join(import.meta.dirname, 'testing', 'build-toy-image.ts');
      const lab = spawn(process.execPath, [other, toy.folder, toy.id, workshop.logFolder], {
        stdio: 'inherit',
      });
      await endless.began;
      lab.kill('SIGKILL');
      await endless.ended;
      expect((await readdir(join(workshop.cache, 'images'))).some(isPartial)).toBe(true);
      await writeFile(join(toy.folder, 'Dockerfile'), 'FROM scratch\nCOPY source /\n');
      await build(toy);
      expect((await readdir(join(workshop.cache, 'images'))).some(isPartial)).toBe(false);
    },
  );

  test('is told of as failed when the engine cannot be reached', async () => {
    const toy = await makeToy();
    const host = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = `unix://${workshop.root}/none.sock`;
    const error: unknown = await build(toy).catch((reason: unknown) => reason);
    if (host === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = host;
    expect(error).toMatchObject({ code: 'engine-failed' });
    expect(String(error)).toMatch(
      /Cannot connect to the Docker daemon at .*\n {2}command: docker image inspect/,
    );
  });
});
