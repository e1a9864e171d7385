import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { buildFramework } from '../build/native.ts';
import { checkNeeds } from '../build/toolchains.ts';
import type { Framework, Variant } from '../catalogue/model.ts';
import { readCatalogue } from '../catalogue/read.ts';
import type { Deployment } from '../cluster/cluster.ts';
import { startEmbeddedCluster } from '../cluster/embedded/embedded.ts';
import { cacheFolder } from '../support/cache.ts';
import { monotonicMs } from '../support/clock.ts';
import { projectRoot } from '../support/project.ts';
import { limitTo } from './probe/turns.ts';
import { checkAnswers } from './testing/http-contract.ts';
import { exchange } from './testing/http-exchange.ts';

/** The HTTP contract of apps/README.md, for every variant of the real catalogue, started as the lab starts it. */

const longestBuildMs = 15 * 60_000;
const { frameworks, scenarios } = await readCatalogue(projectRoot);
const logFolder = mkdtempSync(join(tmpdir(), 'apps-'));
const cluster = startEmbeddedCluster({
  propagationDelayMs: 300,
  visible: [projectRoot, cacheFolder()],
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  rmSync(logFolder, { recursive: true, force: true });
});

async function folderOf(framework: Framework): Promise<string> {
  const { signal } = new AbortController();
  return (await buildFramework(framework, { signal, logFolder })).folder;
}

function deploy(variant: Variant, artefact: string): Promise<Deployment> {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('the catalogue has no scenario');
  return cluster.deploy({
    variant,
    // Pods give way to whatever else runs. A probe that restarts those that are slow to start would keep them from it.
    manifest: { ...scenario.manifest, replicas: 1, startupProbe: undefined },
    artefact: { folder: artefact },
    env: { HELLO_REST_REQUEST_DELAY: '0.2' },
    logFolder,
    originMs: monotonicMs(),
    record: () => undefined,
    signal: new AbortController().signal,
  });
}

function checkAnswersOf(url: string, variant: Variant): Promise<void> {
  return checkAnswers(url, expect.stringMatching(new RegExp(`^${variant.id.replace('/', '-')}-`)) as string);
}

/** A connection that the server does not close with its first answer must survive ten seconds of idleness. */
async function checkIdleConnection(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = await exchange(url, { agent });
  if (first.headers.connection !== 'close') {
    await sleep(10_000);
    expect((await exchange(url, { agent })).reusedConnection).toBe(true);
  }
  agent.destroy();
}

/** One variant at a time is started; their idle connections wait side by side. */
const enter = limitTo(1);

for (const framework of frameworks) {
  const needs = await checkNeeds(framework.needs);
  const skipped = 'reason' in needs ? ` (${needs.reason})` : '';
  describe.skipIf(skipped !== '')(`${framework.id}${skipped}`, { concurrent: true }, () => {
    test('every variant obeys the HTTP contract', { timeout: longestBuildMs }, async () => {
      const leave = await enter();
      await using end = new AsyncDisposableStack();
      end.defer(leave);
      const artefact = await folderOf(framework);
      const urls: string[] = [];
      for (const variant of framework.variants) {
        const { url } = end.use(await deploy(variant, artefact));
        await checkAnswersOf(url, variant);
        urls.push(url);
      }
      leave();
      await Promise.all(urls.map(checkIdleConnection));
    });
  });
}
