import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Framework, Variant } from '../catalogue/model.ts';
import { readCatalogue } from '../catalogue/read.ts';
import { projectRoot } from '../support/project.ts';
import { checkAnswers } from '../run/testing/http-contract.ts';
import { exchange } from '../run/testing/http-exchange.ts';
import { imageJobs } from './image-jobs.ts';
import { buildImage } from './image.ts';
import { inspectImage, startVariant, type ImageFacts, type RunningImage } from './testing/container.ts';
import { withoutEngine } from './testing/toy-images.ts';

/** What apps/README.md asks of an image, for every variant of the real catalogue. */

const longestBuildMs = 30 * 60_000;
/** For a server that does not end by itself: longer than any control goes on after SIGTERM. */
const stillThereMs = 6_000;
const { frameworks } = await readCatalogue(projectRoot);
const logFolder = mkdtempSync(join(tmpdir(), 'images-'));
afterAll(() => rmSync(logFolder, { recursive: true, force: true }));

test.each(frameworks)(
  'the Dockerfile of $id has base images in fixed versions and a small context',
  ({ folder }) => {
    const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    expect(bases).not.toEqual([]);
    for (const base of bases) {
      expect(base).toContain(':');
      expect(base).not.toMatch(/:latest$/);
    }
    // It would need a registry even where every image is there.
    expect(dockerfile).not.toMatch(/^#\s*syntax/m);
    expect(readFileSync(join(folder, '.dockerignore'), 'utf8')).toMatch(/^\*$/m);
  },
);

describe.skipIf(withoutEngine !== '')(`images${withoutEngine}`, () => {
  test.each(frameworks)(
    'of $id obey the contract in every variant',
    async (framework) => {
      for (const [image, variants] of await buildAllOf(framework)) {
        const { entrypoint } = await checkImage(image, variants);
        await Promise.all(variants.map((variant) => checkVariant(image, variant, entrypoint)));
      }
    },
    longestBuildMs,
  );
});

async function buildAllOf(framework: Framework): Promise<[image: string, variants: Variant[]][]> {
  const { signal } = new AbortController();
  const built: [string, Variant[]][] = [];
  for (const job of imageJobs(framework))
    built.push([(await buildImage(job, { signal, logFolder })).image, job.variants]);
  expect(built.flatMap(([, variants]) => variants)).toEqual(framework.variants);
  return built;
}

async function checkImage(image: string, variants: Variant[]): Promise<ImageFacts> {
  const facts = await inspectImage(image);
  const { user, entrypoint, command } = facts;
  // Kubernetes' runAsNonRoot cannot look up a name.
  expect(user).toMatch(/^[1-9]\d*(:[1-9]\d*)?$/);
  // Its own entry point is that of a variant, so that it is tried below.
  expect(variants.map((variant) => variant.image?.command ?? entrypoint)).toContainEqual(entrypoint);
  expect(command).toEqual([]);
  return facts;
}

async function checkVariant(image: string, variant: Variant, entrypoint: string[]): Promise<void> {
  await using container = await startVariant(image, variant);
  const { url, hostname } = container;
  expect((await exchange(`${url}/health`)).body).toBe('ok');
  await checkAnswers(url, hostname);
  await checkPersistentConnection(container);
  await checkProcess(container, variant.image?.command ?? entrypoint);
  await checkEnd(container, variant);
}

/** A connection that the server does not close with its first answer carries a second request. */
async function checkPersistentConnection({ url }: RunningImage): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = await exchange(url, { agent });
  if (first.headers.connection !== 'close')
    expect((await exchange(url, { agent })).reusedConnection).toBe(true);
  agent.destroy();
}

async function checkProcess(container: RunningImage, command: string[]): Promise<void> {
  const { readOnlyRoot, firstProcess } = await container.inspect();
  expect(readOnlyRoot).toBe(true);
  expect(firstProcess.command).toBe(command.join(' '));
  expect(firstProcess.userId).toBeGreaterThan(0);
}

async function checkEnd(container: RunningImage, { id, image }: Variant): Promise<void> {
  await container.signal('TERM');
  if (image?.exitCode === 137) {
    await sleep(stillThereMs);
    expect(await exchange(`${container.url}/health`), `${id} after SIGTERM`).toMatchObject({ status: 200 });
    await container.signal('KILL');
  }
  expect(await container.exitCode(), `exit code of ${id}`).toBe(image?.exitCode);
}
