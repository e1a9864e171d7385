import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder } from '../../support/cache.ts';
import { runEngine } from '../../support/engine-command.ts';
import { checkEngine } from '../../support/engine.ts';
import { LabError } from '../../support/errors.ts';
import { projectRoot } from '../../support/project.ts';
import { removeNodes, testClusters } from '../testing/test-clusters.ts';
import { buildToyImage } from '../testing/toy-image.ts';
import { thisOwner } from '../kubernetes/owner.ts';
import { nodeContainers } from './containers.ts';
import { KindLife, type KindLifeOptions } from './life.ts';
import { openMade } from './made.ts';
import { defaultKubernetes, nodeImageOf } from './node-image.ts';
import { provideKind, provideKubectl } from './tools.ts';

/** With real clusters: each test that makes one takes about half a minute. */
const engine = await checkEngine();
const skipped = 'reason' in engine ? ` (skipped: ${engine.reason})` : '';
const name = testClusters.life;
const wait = 900_000;

describe.skipIf(skipped !== '')(`the life of a kind cluster${skipped}`, { timeout: wait }, () => {
  const cache = process.env['ZERO_DOWNTIME_LAB_CACHE'];
  let folder: string;
  let progress: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kind-'));
    process.env['ZERO_DOWNTIME_LAB_CACHE'] = folder;
    progress = [];
  });
  afterEach(async () => {
    await removeNodes(name);
    if (cache === undefined) delete process.env['ZERO_DOWNTIME_LAB_CACHE'];
    else process.env['ZERO_DOWNTIME_LAB_CACHE'] = cache;
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function open(changes: Partial<KindLifeOptions> = {}): Promise<KindLife> {
    const { signal } = new AbortController();
    const onProgress = (text: string) => progress.push(text);
    const kind = await provideKind({ signal, onProgress });
    const kubectl = await provideKubectl(defaultKubernetes, { signal, onProgress });
    return KindLife.open({
      name,
      kind: kind.program,
      kubectl: kubectl.program,
      nodeImage: nodeImageOf(defaultKubernetes),
      configFile: join(projectRoot, 'kind-config.yaml'),
      owner: await thisOwner('life.test.ts'),
      signal,
      onProgress,
      ...changes,
    });
  }

  /** A container that looks like a node of a cluster of this name, and is none. */
  async function standIn(): Promise<string> {
    const image = await buildToyImage();
    const labels = [
      '--label',
      `io.x-k8s.kind.cluster=${name}`,
      '--label',
      'io.x-k8s.kind.role=control-plane',
    ];
    const words = ['run', '--detach', '--name', `${name}-control-plane`, ...labels, '--entrypoint', 'sleep'];
    return (await runEngine([...words, image, '600'])).trim();
  }

  const notes = () => readdirSync(join(cacheFolder(), 'kind')).filter((file) => file.endsWith('.json'));

  test('is made once, found again, and deleted', async () => {
    const life = await open();
    const [made] = await life.provide();
    expect(progress.at(-1)).toMatch(/^kind cluster zero-downtime-lab-life created in \d+ s$/);
    const again = await open();
    expect((await again.provide())[0]?.id).toBe(made?.id);
    expect(await again.kubectl.run(['get', 'nodes', '--output=name'])).toBe(`node/${name}-control-plane`);

    // Somebody else's from here on: not even its own notes make it ours.
    const change = '{"data":{"maker":"bob on elsewhere"}}';
    await again.kubectl.in('kube-system').run(['patch', 'configmap', 'zero-downtime-lab', '--patch', change]);
    await expect((await open()).provide()).rejects.toMatchObject({
      code: 'cluster-taken',
      message: expect.stringMatching(
        /it was made by the lab of bob on elsewhere[^]*--cluster context:kind-/,
      ) as string,
    });
    expect(await nodeContainers(name)).toHaveLength(1);

    await life.remove();
    expect(await nodeContainers(name)).toEqual([]);
    expect(notes()).toEqual([]);
  });

  test('one that stopped is made anew', async () => {
    const [made] = await (await open()).provide();
    await runEngine(['stop', '--time', '1', made?.name ?? '']);
    const [again] = await (await open()).provide();
    expect(progress).toContainEqual(
      expect.stringMatching(/it does not answer \(its node .* does not run\); it is made anew/),
    );
    expect(again?.id).not.toBe(made?.id);
  });

  test('one whose making was cut off by kill -9 is made anew', async () => {
    const dead = { ...(await thisOwner('')), pid: 2 ** 22 + 1, started: '1' };
    const made = await openMade(name);
    await made.hold(dead, { signal: new AbortController().signal, onProgress: () => undefined });
    made.begin();
    const begun = await standIn();
    const [again] = await (await open()).provide();
    expect(progress[0]).toMatch(/it does not answer \(.*\); it is made anew$/);
    expect(again?.id).not.toBe(begun);
  });

  test('one of the same name that was not made by a lab is left alone', async () => {
    const id = await standIn();
    await expect((await open()).provide()).rejects.toMatchObject({
      code: 'cluster-taken',
      message: expect.stringContaining(
        `There is a kind cluster ${name} already that this lab does not touch`,
      ) as string,
    });
    expect((await nodeContainers(name))[0]).toMatchObject({ id, running: true });
  });

  test('while another lab makes it, this one waits', async () => {
    const other = { ...(await thisOwner('')), pid: process.ppid, started: null };
    const made = await openMade(name);
    const held = await made.hold(other, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    const life = await open({ nodeImage: 'kindest/node:v1.99.9' });
    const providing = life.provide();
    providing.catch(() => undefined);
    while (progress.length === 0) await sleep(50);
    expect(progress[0]).toMatch(
      /^waiting for process \d+ of .*, which makes or deletes zero-downtime-lab-life$/,
    );
    held[Symbol.dispose]();
    // Its turn has come.
    await expect(providing).rejects.toMatchObject({ code: 'image-missing' });
  });

  test('one that another lab uses is neither made anew nor deleted', async () => {
    const other = { ...(await thisOwner('')), pid: process.ppid, started: null };
    const made = await openMade(name);
    made.begin();
    const id = await standIn();
    using used = new DisposableStack();
    used.use(made.use(other));
    const life = await open();
    await expect(life.provide()).rejects.toMatchObject({
      code: 'cluster-busy',
      message: expect.stringMatching(/would have to be made anew .* but process \d+ of .* uses it/) as string,
    });
    await life.remove();
    expect(progress.at(-1)).toMatch(/^kind cluster zero-downtime-lab-life stays: process \d+ of .* uses it$/);
    expect((await nodeContainers(name))[0]).toMatchObject({ id, running: true });
  });

  test('an interrupt while it is made leaves nothing behind', async () => {
    const interrupt = new AbortController();
    const life = await open({ signal: interrupt.signal });
    const making = life.provide();
    making.catch(() => undefined);
    while ((await nodeContainers(name)).length === 0) await sleep(100);
    interrupt.abort(new LabError('interrupted', 'Interrupted.'));
    await expect(making).rejects.toMatchObject({ code: 'interrupted' });
    expect(await nodeContainers(name)).toEqual([]);
    expect(notes()).toEqual([]);
    expect(existsSync(join(cacheFolder(), 'kind', `${name}.log`))).toBe(true);
  });

  test('a node image that cannot be had is told before anything is made', async () => {
    const life = await open({ nodeImage: 'kindest/node:v1.99.9' });
    await expect(life.provide()).rejects.toMatchObject({
      code: 'image-missing',
      message: expect.stringMatching(
        /^The lab needs the image kindest\/node:v1\.99\.9, which [^]*could not pull: [^]*\nChoose a version .*--kubernetes/,
      ) as string,
    });
    expect(await nodeContainers(name)).toEqual([]);
    expect(notes()).toEqual([]);
  });
});
