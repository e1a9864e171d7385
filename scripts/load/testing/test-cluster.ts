import { join } from 'node:path';
import { execa } from 'execa';
import { obtainImage } from '../../support/engine-images.ts';
import { nodeContainers } from '../../cluster/kind/containers.ts';
import { KindLife } from '../../cluster/kind/life.ts';
import { defaultKubernetes, nodeImageOf } from '../../cluster/kind/node-image.ts';
import { loadImages } from '../../cluster/kind/node-images.ts';
import { provideKind, provideKubectl } from '../../cluster/kind/tools.ts';
import { createNamespace, namespaceReady, removeNamespace } from '../../cluster/kubernetes/namespace.ts';
import { thisOwner } from '../../cluster/kubernetes/owner.ts';
import { testClusters } from '../../cluster/testing/test-clusters.ts';
import { checkEngine } from '../../support/engine.ts';
import { messageOf } from '../../support/errors.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { projectRoot } from '../../support/project.ts';
import { k6Image } from '../k6-release.ts';

const name = testClusters.shared;

const { signal } = new AbortController();
const onProgress = (text: string): void => void process.stderr.write(`${text}\n`);

/** A namespace of a real cluster that knows k6's image. Disposing it removes it, and a cluster that was made for it. */
export interface TestCluster extends AsyncDisposable {
  /** Bound to the namespace. */
  kubectl: Kubectl;
  /** Address of this machine that pods can reach. */
  hostAddress: string;
}

/** Why there can be none here; undefined when there can. */
export async function noTestCluster(): Promise<string | undefined> {
  const engine = await checkEngine();
  if ('reason' in engine) return engine.reason;
  try {
    await obtainImage(k6Image, { signal, onProgress });
    return undefined;
  } catch (error) {
    return messageOf(error).split('\n')[0];
  }
}

/** Takes the cluster of the tests if it runs, else makes it, which takes half a minute. */
export async function openTestCluster(): Promise<TestCluster> {
  const { program: kind } = await provideKind({ signal, onProgress });
  const { program: kubectlProgram } = await provideKubectl(defaultKubernetes, { signal, onProgress });
  const owner = await thisOwner('load test');
  const life = await KindLife.open({
    name,
    kind,
    kubectl: kubectlProgram,
    nodeImage: nodeImageOf(defaultKubernetes),
    configFile: join(projectRoot, 'kind-config.yaml'),
    owner,
    signal,
    onProgress,
  });
  await using undo = new AsyncDisposableStack();
  const found = (await nodeContainers(name)).length > 0;
  const [node, ...others] = (await life.provide()).map((container) => container.name);
  if (!found && process.env['KEEP_TEST_CLUSTER'] === undefined) undo.defer(() => life.remove());
  if (node === undefined) throw new Error(`${name} has no nodes`);
  await loadImages({ kind, cluster: name, nodes: [node, ...others] })(k6Image, signal);
  const namespace = await createNamespace(life.kubectl, owner, signal);
  undo.defer(async () => {
    await removeNamespace(life.kubectl, namespace);
  });
  await namespaceReady(life.kubectl, namespace, signal);
  const route = await execa('docker', ['exec', node, 'ip', '-4', 'route', 'show', 'default']);
  const hostAddress = /via (\S+)/.exec(route.stdout)?.[1] ?? '';
  const opened = undo.move();
  return {
    kubectl: life.kubectl.in(namespace),
    hostAddress,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Puts a Service in front of a server of this machine; resolves to its address in the cluster. */
export async function serve({ kubectl, hostAddress }: TestCluster, port: number): Promise<string> {
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
  await kubectl.run(['create', '--filename=-'], { input: JSON.stringify(list) });
  return 'http://hello:8080';
}
