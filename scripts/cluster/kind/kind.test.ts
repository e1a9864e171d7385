import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monotonicMs } from '../../support/clock.ts';
import { askEngine, runEngine } from '../../support/engine-command.ts';
import { checkEngine } from '../../support/engine.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { EventRecord } from '../../timeline/records.ts';
import type { Cluster, Deployment, LoadPlace } from '../cluster.ts';
import { managedLabel, ownerAnnotation } from '../kubernetes/namespace.ts';
import { thisOwner, type Owner } from '../kubernetes/owner.ts';
import { buildToyImage } from '../testing/toy-image.ts';
import { toyManifest, type ToyManifest } from '../testing/toy-manifest.ts';
import { variantOf } from '../testing/variant.ts';
import { nodeContainers } from './containers.ts';
import { startKindCluster } from './kind.ts';
import { defaultKubernetes } from './node-image.ts';

/** What can go wrong in a real cluster. The contract of all clusters is in ../contract.test.ts. */
const engine = await checkEngine();
const skipped = 'reason' in engine ? ` (skipped: ${engine.reason})` : '';
const name = 'zero-downtime-lab-faults';
const { signal } = new AbortController();

describe.skipIf(skipped !== '')(`a kind cluster${skipped}`, { timeout: 300_000 }, () => {
  let folder: string;
  let cluster: Cluster;
  let image: string;
  let kubectl: Kubectl;
  const progress: string[] = [];
  const records: EventRecord[] = [];

  const start = () =>
    startKindCluster({
      name,
      kubernetes: defaultKubernetes,
      keep: true,
      run: 'kind.test.ts',
      signal,
      onProgress: (text) => progress.push(text),
    });

  function deploy(artefact = image, manifest: ToyManifest = {}, env: { [name: string]: string } = {}) {
    return cluster.deploy({
      variant: variantOf('toy/server'),
      manifest: toyManifest(manifest),
      artefact: { image: artefact },
      env,
      logFolder: join(folder, 'pods'),
      originMs: monotonicMs(),
      record: (record) => {
        if ('type' in record) records.push(record);
      },
      signal,
    });
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kind-'));
    image = await buildToyImage();
    cluster = await start();
    await using deployment = await provideAndDeploy();
    kubectl = kubectlOf(deployment.loadPlace);
  }, 600_000);
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    for (const { id } of await nodeContainers(name)) await askEngine(['rm', '--force', '--volumes', id]);
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  async function provideAndDeploy(): Promise<Deployment> {
    await cluster.provideImage(image, signal);
    return deploy();
  }

  function kubectlOf(place: LoadPlace): Kubectl {
    if (place.from === 'cluster') return place.kubectl;
    throw new Error('load does not come from inside');
  }

  test('says what it is', () => {
    expect(cluster.info).toMatchObject({
      name: 'kind',
      kubernetes: defaultKubernetes,
      pid1: true,
      propagationDelayMs: null,
    });
    expect(cluster.info.limits).toContainEqual(
      expect.stringMatching(/^Connections reach pods through kube-proxy in mode \w+/),
    );
    expect(cluster.info.limits).toContainEqual(expect.stringMatching(/^The pod network is /));
    expect(cluster.cannot('drain')).toContain('at least two nodes');
  });

  test('an image is loaded once', async () => {
    expect(await cluster.provideImage(image, signal)).toEqual({ image, loaded: false });
  });

  test('an image that is not on this machine', async () => {
    await expect(cluster.provideImage('zero-downtime-lab-test/none:1', signal)).rejects.toMatchObject({
      code: 'image-missing',
    });
  });

  test('an image that the node does not have is told as soon as that is clear', async () => {
    const startedMs = monotonicMs();
    await expect(deploy('zero-downtime-lab-test/none:1')).rejects.toMatchObject({
      code: 'deploy-failed',
      message: expect.stringMatching(
        /^toy\/server has no image zero-downtime-lab-test\/none:1 on its node \(ImagePullBackOff[^]*Events of toy-server-[^]*Failed/,
      ) as string,
    });
    expect(monotonicMs() - startedMs).toBeLessThan(timeouts.deployMs);
  });

  test('a manifest that the cluster does not take', async () => {
    const env = { 'not a name\n': 'x' };
    await expect(deploy(image, {}, env)).rejects.toMatchObject({
      code: 'deploy-failed',
      message: expect.stringMatching(/^toy\/server: the cluster does not take the manifest/) as string,
    });
  });

  test('what was applied is kept beside the logs', async () => {
    await using deployment = await deploy();
    expect(readFileSync(join(folder, 'applied.yaml'), 'utf8')).toContain(`image: ${image}`);
    expect(deployment.url).toBe('http://toy:8080');
  });

  async function namespaceOf(owner: Owner | undefined, finalizer?: string): Promise<string> {
    const namespace = `zero-downtime-lab-${Math.random().toString(36).slice(2, 10)}`;
    const metadata = {
      name: namespace,
      labels: { [managedLabel.name]: managedLabel.value },
      annotations: { ...(owner && { [ownerAnnotation]: JSON.stringify(owner) }) },
    };
    const objects: object[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata }];
    if (finalizer !== undefined)
      objects.push({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'held', namespace, finalizers: [finalizer] },
      });
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await kubectl.in(undefined).run(['create', '-f', '-'], { input: JSON.stringify(list) });
    return namespace;
  }

  test('the next run removes what dead labs left, and only that', async () => {
    const here = await thisOwner('');
    const dead = await namespaceOf({ ...here, pid: 2 ** 22 + 1, started: '1' });
    const alive = await namespaceOf(here);
    const elsewhere = await namespaceOf({ ...here, host: 'elsewhere' });
    const other = `somebody-${Date.now()}`;
    await kubectl.in(undefined).run(['create', 'namespace', other]);
    const next = await start();
    await next[Symbol.asyncDispose]();
    const left = await kubectl.in(undefined).run(['get', 'namespaces', '--output=name']);
    expect(left).not.toContain(dead);
    for (const namespace of [alive, elsewhere, other]) expect(left).toContain(namespace);
    expect(progress).toContainEqual(expect.stringContaining(`removing the namespace ${dead}`));
    expect(progress).toContainEqual(expect.stringContaining(`The namespace ${elsewhere} belongs to process`));
    const words = ['delete', 'namespace', '--wait=false', alive, elsewhere, other];
    await kubectl.in(undefined).run(words);
  });

  test('a namespace that does not go is told, and not waited for', async () => {
    const here = await thisOwner('');
    const held = await namespaceOf({ ...here, pid: 2 ** 22 + 1, started: '1' }, 'example.com/held');
    const next = await start();
    await next[Symbol.asyncDispose]();
    expect(progress).toContainEqual(
      expect.stringMatching(
        new RegExp(`^The namespace ${held} is still Terminating 60 s after its deletion[^]*example.com/held`),
      ),
    );
    const release = [
      'patch',
      'configmap',
      'held',
      '--type=merge',
      '--patch={"metadata":{"finalizers":null}}',
    ];
    await kubectl.in(held).run(release);
  });

  test('a lab that is killed leaves no process, neither here nor in the node', async () => {
    const program = `
      const { startKindCluster } = await import('${import.meta.dirname}/kind.ts');
      await startKindCluster({ name: '${name}', kubernetes: '${defaultKubernetes}', keep: true, run: 'killed',
        signal: new AbortController().signal, onProgress: () => undefined });
      console.log('started');
      setInterval(() => undefined, 1000);`;
    const lab = execa(process.execPath, ['--input-type=module', '-e', program], { reject: false });
    for await (const line of lab.iterable({ from: 'stdout' }))
      if (line === 'started') process.kill(lab.pid ?? 0, 'SIGKILL');
    const inNode = async () => {
      const words = ['exec', `${name}-control-plane`, 'sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'];
      return (await runEngine(words)).match(/journalctl --unit|conntrack --event/g)?.length ?? 0;
    };
    // Those of this test's own cluster stay.
    while ((await inNode()) > 2) await sleep(200);
    const { stdout } = await execa('pgrep', ['--full', '--count', `kubectl.*${name}.*proxy`], {
      reject: false,
    });
    expect(Number(stdout)).toBeLessThanOrEqual(1);
    const next = await start();
    await next[Symbol.asyncDispose]();
    expect(progress.at(-1)).toMatch(
      /^removing the namespace .*, left behind by process \d+ of .*, run killed$/,
    );
  });

  test('a cluster that is deleted in the middle breaks the deployment with one clear message', async () => {
    const deployment = await deploy();
    await runEngine(['rm', '--force', '--volumes', `${name}-control-plane`]);
    while (!deployment.broken.aborted) await sleep(100);
    expect(deployment.broken.reason).toMatchObject({
      code: 'cluster-lost',
      message: expect.stringMatching(
        /^The cluster kind does not answer any more: its node zero-downtime-lab-faults-control-plane is gone; somebody deleted the cluster/,
      ) as string,
    });
    const startedMs = monotonicMs();
    await deployment[Symbol.asyncDispose]();
    expect(monotonicMs() - startedMs).toBeLessThan(10_000);
  });
});
