import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Kubectl } from '../../support/kubectl.ts';
import { findProgram } from '../../support/program.ts';

const name = 'zero-downtime-lab-test';
const nodeImage = 'kindest/node:v1.34.4';

/** A real cluster of the tests. Disposing it deletes it if it was made here. */
export interface TestCluster extends AsyncDisposable {
  kubectl: Kubectl;
  /** Address of this machine that pods can reach. */
  hostAddress: string;
}

/** Why there can be none here; undefined when there can. */
export async function noTestCluster(images: readonly string[]): Promise<string | undefined> {
  for (const program of ['docker', 'kind', 'kubectl']) {
    if (findProgram(program) === undefined) return `${program} is not on the PATH`;
  }
  const engine = await execa('docker', ['version'], { reject: false, timeout: 20_000 });
  if (engine.failed) return 'no container engine answers';
  for (const image of [nodeImage, ...images]) {
    const found = await execa('docker', ['image', 'inspect', image], { reject: false, timeout: 20_000 });
    if (found.failed) return `the image ${image} is not there`;
  }
  return undefined;
}

/** Takes the running one, or makes one, which takes half a minute, and has it know these images. */
export async function openTestCluster(images: readonly string[]): Promise<TestCluster> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'lab-test-cluster-'));
  undo.defer(() => rm(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  const named = ['--name', name];
  const { stdout: running } = await execa('kind', ['get', 'clusters']);
  if (running.split('\n').includes(name)) {
    await execa('kind', ['export', 'kubeconfig', ...named, '--kubeconfig', kubeconfig]);
  } else {
    undo.defer(async () => {
      await execa('kind', ['delete', 'cluster', ...named, '--kubeconfig', kubeconfig]);
    });
    const options = ['--image', nodeImage, '--kubeconfig', kubeconfig, '--wait', '180s'];
    await execa('kind', ['create', 'cluster', ...named, ...options]);
  }
  for (const image of images) await execa('kind', ['load', 'docker-image', image, ...named]);
  const node = `${name}-control-plane`;
  const route = await execa('docker', ['exec', node, 'ip', '-4', 'route', 'show', 'default']);
  const hostAddress = /via (\S+)/.exec(route.stdout)?.[1] ?? '';
  const program = findProgram('kubectl') ?? 'kubectl';
  const kubectl = new Kubectl({ program, kubeconfig, context: `kind-${name}`, namespace: undefined });
  const opened = undo.move();
  return { kubectl, hostAddress, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** A namespace of its own with a Service `hello` in front of a server of this machine. */
export async function openNamespace(
  { kubectl, hostAddress }: TestCluster,
  port: number,
): Promise<AsyncDisposable & { kubectl: Kubectl; url: string }> {
  const namespace = `load-test-${process.pid}-${port}`;
  await kubectl.run(['create', 'namespace', namespace]);
  const inside = kubectl.in(namespace);
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hello' },
    spec: { ports: [{ port: 8080, targetPort: port }] },
  };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'hello', labels: { 'kubernetes.io/service-name': 'hello' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [hostAddress], conditions: { ready: true } }],
    ports: [{ port }],
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [service, slice] };
  await inside.run(['create', '--filename=-'], { input: JSON.stringify(list) });
  return {
    kubectl: inside,
    url: 'http://hello:8080',
    async [Symbol.asyncDispose]() {
      await kubectl.run(['delete', 'namespace', namespace], { timeoutMs: 60_000 });
    },
  };
}
