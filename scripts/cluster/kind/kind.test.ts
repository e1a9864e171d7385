import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monotonicMs } from '../../support/clock.ts';
import { runEngine } from '../../support/engine-command.ts';
import { checkEngine } from '../../support/engine.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { lastLines } from '../../support/log-tail.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { EventRecord, PodRecord } from '../../timeline/records.ts';
import type { Cluster, Deployment, DeployRequest, LoadPlace } from '../cluster.ts';
import { managedLabel, ownerAnnotation } from '../kubernetes/namespace.ts';
import { thisOwner, type Owner } from '../kubernetes/owner.ts';
import { removeNodes, testClusters } from '../testing/test-clusters.ts';
import { buildToyImage } from '../testing/toy-image.ts';
import { toyManifest, type ToyManifest } from '../testing/toy-manifest.ts';
import { variantOf } from '../testing/variant.ts';
import { openContext } from './context.ts';
import { startKindCluster } from './kind.ts';
import { defaultKubernetes } from './node-image.ts';
import { enterNodes } from './nodes.ts';

/** What can go wrong in a real cluster. The contract of all clusters is in ../contract.test.ts. */
const engine = await checkEngine();
const skipped = 'reason' in engine ? ` (skipped: ${engine.reason})` : '';
const name = testClusters.faults;
const { signal } = new AbortController();
const namesItself =
  "require('http').createServer((_, answer) => answer.setHeader('X-Pod', process.env.HOSTNAME).end()).listen(8080);";

describe.skipIf(skipped !== '')(`a kind cluster${skipped}`, { timeout: 900_000 }, () => {
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

  function request(artefact: string, manifest: ToyManifest, env: { [name: string]: string }): DeployRequest {
    return {
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
    };
  }

  const deploy = (artefact = image, manifest: ToyManifest = {}, env: { [name: string]: string } = {}) =>
    cluster.deploy(request(artefact, manifest, env));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kind-'));
    image = await buildToyImage();
    cluster = await start();
    await using deployment = await provideAndDeploy();
    kubectl = kubectlOf(deployment.loadPlace);
  }, 900_000);
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await removeNodes(name);
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
      expect.stringMatching(
        /^Connections reach pods through kube-proxy in mode \w+.*; it reserves 100m of a processor\.$/,
      ),
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

  test('a Service answers when one of its pods does, and nobody else', async () => {
    await using deployment = await deploy();
    await using nodes = await enterNodes(name, signal);
    const inNamespace = kubectlOf(deployment.loadPlace);
    const address = await inNamespace.run(['get', 'service', 'toy', '--output=jsonpath={.spec.clusterIP}']);
    const listed = await inNamespace.run(['get', 'pods', '--output=jsonpath={.items[*].metadata.name}']);
    const pods = listed.split(' ').filter((pod) => pod.startsWith('toy-server-'));
    const url = `http://${address}:8080/health`;
    expect(await nodes.reaches(url, pods)).toBeUndefined();
    expect(await nodes.reaches(url, ['toy-server-before'])).toMatch(
      /^"HTTP\/1.1 200 OK" came from X-Pod toy-server-\w+-\w+, which is none of them$/,
    );
    const nameServer = ['get', 'service', 'kube-dns', '--output=jsonpath={.spec.clusterIP}'];
    const metrics = `http://${await kubectl.in('kube-system').run(nameServer)}:9153/metrics`;
    expect(await nodes.reaches(metrics, pods)).toBe(
      '"HTTP/1.1 200 OK" came from a server that does not name itself in X-Pod, as every app must (apps/README.md)',
    );
  });

  test('a log without end does not fill the disk', async () => {
    const server = `${namesItself}
      const line = 'x'.repeat(1023) + '\\n';
      setInterval(() => require('fs').writeSync(1, line.repeat(1024)), 10)`;
    const command = ['node', '-e', server];
    const variant = variantOf('toy/server', { image: { args: {}, command, exitCode: 0 } });
    records.length = 0;
    await using deployment = await cluster.deploy({ ...request(image, { replicas: 1 }, {}), variant });
    expect(deployment.url).toBe('http://toy:8080');
    const pod = records.flatMap((record) => (record.type === 'pod' ? [record.pod] : [])).at(-1) ?? '';
    const file = join(folder, 'pods', `${pod}.log`);
    while (!(await lastLines(file, 1))[0]?.startsWith('The lab keeps the first 10 MiB')) await sleep(100);
    expect(statSync(file).size).toBeLessThan(10.1 * 1024 * 1024);
  });

  test('the spans hold what the lab and the pods themselves know', async () => {
    // Of the same kernel: its monotonic clock is the lab's.
    const say = (word: string) =>
      `require('fs').writeSync(1, '${word} ' + Number(process.hrtime.bigint()) / 1e6 + '\\n')`;
    const server = `${namesItself}
      process.on('SIGTERM', () => { ${say('TERM')}; setTimeout(() => { ${say('EXIT')}; process.exit(0); }, 300); })`;
    const asked = request(image, { preStop: '{ sleep: { seconds: 1 } }' }, {});
    const command = ['node', '-e', server];
    const variant = variantOf('toy/server', { image: { args: {}, command, exitCode: 0 } });
    records.length = 0;
    await using deployment = await cluster.deploy({ ...asked, variant });
    await deployment.restart('delete-pod');
    const pods = () => records.filter((record) => record.type === 'pod');
    const pod = pods().findLast(({ event }) => event === 'ready')?.pod ?? '';
    const sentMs = monotonicMs() - asked.originMs;
    await kubectlOf(deployment.loadPlace).run(['delete', 'pod', pod, '--wait=false']);
    const answeredMs = monotonicMs() - asked.originMs;
    while (!pods().some((record) => record.event === 'gone' && record.pod === pod)) await sleep(50);

    const span = (event: string) =>
      pods().find((record) => record.pod === pod && record.event === event)?.seen?.betweenMs ?? [NaN, NaN];
    const log = readFileSync(join(folder, 'pods', `${pod}.log`), 'utf8');
    const said = (word: string) => Number(new RegExp(`${word} ([\\d.]+)`).exec(log)?.[1]) - asked.originMs;
    expect(span('deleted')[0]).toBeLessThanOrEqual(answeredMs);
    expect(span('deleted')[1]).toBeGreaterThanOrEqual(sentMs);
    expect(span('sigterm')[0]).toBeLessThanOrEqual(said('TERM'));
    expect(span('exited')[1]).toBeGreaterThanOrEqual(said('EXIT'));
    expect(span('preStopBegan')[1]).toBeGreaterThanOrEqual(sentMs);
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
        new RegExp(`^The namespace ${held} is still Terminating 30 s after its deletion[^]*example.com/held`),
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

  /** Commands that follow a log in the node. */
  async function readersInNode(): Promise<number> {
    const words = ['exec', `${name}-control-plane`, 'sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'];
    return (await runEngine(words)).match(/journalctl --unit|conntrack --event/g)?.length ?? 0;
  }

  async function proxiesHere(): Promise<number> {
    const pattern = `kubectl.*${name}.* proxy`;
    const { stdout } = await execa('pgrep', ['--full', '--count', pattern], { reject: false });
    return Number(stdout);
  }

  test('a lab that is killed leaves no process, neither here nor in the node', async () => {
    const program = `
      const { startKindCluster } = await import('${import.meta.dirname}/kind.ts');
      await startKindCluster({ name: '${name}', kubernetes: '${defaultKubernetes}', keep: true, run: 'killed',
        signal: new AbortController().signal, onProgress: () => undefined });
      console.log('started');
      setInterval(() => undefined, 1000);`;
    // Those of this test's own cluster stay.
    const before = await readersInNode();
    const lab = execa(process.execPath, ['--input-type=module', '-e', program], { reject: false });
    let during = 0;
    for await (const line of lab.iterable({ from: 'stdout' })) {
      if (line !== 'started') continue;
      during = await readersInNode();
      process.kill(lab.pid ?? 0, 'SIGKILL');
    }
    expect(during).toBeGreaterThan(before);
    while ((await readersInNode()) > before) await sleep(200);
    expect(await proxiesHere()).toBe(1);
    const next = await start();
    await next[Symbol.asyncDispose]();
    expect(progress).toContainEqual(
      expect.stringMatching(/^removing the namespace .*, left behind by process \d+ of .*, run killed$/),
    );
  });

  describe('by a context of the user', () => {
    const userConfig = process.env['KUBECONFIG'];
    const elsewhere = 'somewhere-else';

    beforeAll(async () => {
      const { program, kubeconfig = '', context } = kubectl.target;
      process.env['KUBECONFIG'] = join(folder, 'kubeconfig');
      copyFileSync(kubeconfig, process.env['KUBECONFIG']);
      const words = ['config', 'set-context', elsewhere, `--cluster=${context}`, `--user=${context}`];
      await execa(program, words);
    });
    afterAll(() => {
      if (userConfig === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = userConfig;
    });

    const open = (context: string, registry?: string) =>
      openContext({
        context,
        registry,
        run: 'kind.test.ts',
        signal,
        onProgress: (text) => progress.push(text),
      });

    async function restartIn(place: Cluster): Promise<PodRecord[]> {
      records.length = 0;
      await using deployment = await place.deploy(
        request(image, { preStop: '{ sleep: { seconds: 2 } }' }, { END: 'exit' }),
      );
      await deployment.restart('rolling-restart');
      return records.filter((record) => record.type === 'pod');
    }

    test('of kind: images are loaded, and the runtime tells', async () => {
      await using place = await open(`kind-${name}`);
      expect(place.info.name).toBe(`context:kind-${name}`);
      expect(await place.provideImage(image, signal)).toEqual({ image, loaded: false });
      const sigterms = (await restartIn(place)).filter(({ event }) => event === 'sigterm');
      expect(sigterms.map(({ seen }) => seen?.source)).toEqual(["containerd's log", "containerd's log"]);
    });

    test('without access to its nodes: what is not seen is told as a span that holds it', async () => {
      await using place = await open(elsewhere, 'registry.invalid/lab');
      expect(place.info.limits).toContainEqual(expect.stringContaining('container runtime cannot be read'));
      const told = await restartIn(place);
      for (const { pod } of told.filter(({ event, revision }) => event === 'created' && revision === 'old')) {
        const span = (event: string) =>
          told.find((record) => record.pod === pod && record.event === event)?.seen?.betweenMs ?? [NaN, NaN];
        // Times are written to a thousandth of a millisecond.
        expect(span('sigterm')[0]).toBeGreaterThan(span('deleted')[0] + 1999.99);
        expect(span('sigterm')[1]).toBeLessThanOrEqual(span('exited')[1]);
        expect(span('exited')[1]).toBeLessThanOrEqual(span('gone')[1]);
        expect(span('deleted')[1] - span('deleted')[0]).toBeLessThan(1500);
      }
      await expect(place.provideImage(image, signal)).rejects.toMatchObject({
        code: 'image-not-pushed',
        message: expect.stringMatching(
          /^registry\.invalid\/lab\/toy:\w+ cannot be pushed\. Log in/,
        ) as string,
      });
    });

    test('without a registry, where images cannot be loaded', async () => {
      await expect(open(elsewhere)).rejects.toMatchObject({
        code: 'registry-needed',
        message: expect.stringContaining('--registry') as string,
      });
    });

    test('that there is not', async () => {
      await expect(open('nowhere', 'registry.invalid/lab')).rejects.toMatchObject({
        code: 'cluster-unreachable',
        message: expect.stringMatching(/^The context nowhere does not answer[^]*does not exist/) as string,
      });
    });

    test('leaves the cluster and all other namespaces as they were', async () => {
      const before = await kubectl.in(undefined).run(['get', 'namespaces', '--output=name']);
      const place = await open(`kind-${name}`);
      await place[Symbol.asyncDispose]();
      expect(await kubectl.in(undefined).run(['get', 'namespaces', '--output=name'])).toBe(before);
    });
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
