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
import { makeSinglePods, type SinglePod } from '../cluster/embedded/single-pod.ts';
import { untilAnswering } from '../probe/answering.ts';
import { cacheFolder } from '../support/cache.ts';
import { projectRoot } from '../support/project.ts';
import { limitTo } from './probe/turns.ts';
import { checkAnswers } from './testing/http-contract.ts';
import { exchange } from './testing/http-exchange.ts';

/** The HTTP contract of apps/README.md, for every variant of the real catalogue, started as for a probe. */

const longestBuildMs = 15 * 60_000;
/** On a machine that does much else besides, a JVM took more than two minutes. */
const longestStartMs = 5 * 60_000;
const { frameworks, scenarios } = await readCatalogue(projectRoot);
const logFolder = mkdtempSync(join(tmpdir(), 'apps-'));
const pods = makeSinglePods([projectRoot, cacheFolder()]);

afterAll(() => rmSync(logFolder, { recursive: true, force: true }));

async function folderOf(framework: Framework): Promise<string> {
  const { signal } = new AbortController();
  return (await buildFramework(framework, { signal, logFolder })).folder;
}

/** A pod that gives way to nothing: pods of a Deployment do, and a JVM would wait for all other tests. */
async function start(variant: Variant, artefact: string): Promise<SinglePod> {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('the catalogue has no scenario');
  const { env, containerPort, memoryLimitBytes } = scenario.manifest;
  return pods.start({
    base: variant.id.replace('/', '-'),
    command: variant.start,
    folder: artefact,
    env: { ...env, ...variant.env, HELLO_REST_REQUEST_DELAY: '0.2' },
    port: containerPort,
    limits: { memoryLimitBytes, replicas: 1, maxSurge: 0 },
    logFolder,
    onWarning: () => undefined,
  });
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
        const pod = end.use(await start(variant, artefact));
        await untilAnswering(pod, longestStartMs, new AbortController().signal).catch(
          async (cause: unknown) => {
            throw new Error(`${variant.id} did not start\n${await pod.describeLog()}`, { cause });
          },
        );
        const url = `http://${pod.host}:${String(pod.port)}`;
        await checkAnswers(url, pod.name);
        urls.push(url);
      }
      leave();
      await Promise.all(urls.map(checkIdleConnection));
    });
  });
}
