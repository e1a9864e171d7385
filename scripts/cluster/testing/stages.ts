import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkEngine } from '../../support/engine.ts';
import type { Artefact, Cluster, Deployment } from '../cluster.ts';
import { startEmbeddedCluster } from '../embedded/embedded.ts';
import { startKindCluster } from '../kind/kind.ts';
import { defaultKubernetes } from '../kind/node-image.ts';
import { testClusters } from './test-clusters.ts';
import { buildToyImage } from './toy-image.ts';

/** A cluster with the toy ready to be deployed, and a client where its clients are. */
export interface Stage extends AsyncDisposable {
  cluster: Cluster;
  artefact: Artefact;
  /** Start command of the toy; an image has its own. */
  start: string[];
  /** What so many requests, each on a new connection, are answered with: `X-Pod: body`, or the error's code. */
  ask(deployment: Deployment, path: string, requests: number): Promise<string[]>;
  /** Names of the toy's pods that are there, of whichever deployment; undefined where the cluster keeps no list. */
  pods(deployment: Deployment): Promise<string[] | undefined>;
}

/** A driver and whether it can be tried here. */
export interface Driver {
  name: 'embedded' | 'kind';
  /** Why not; undefined where it can. */
  skipped: string | undefined;
  set(): Promise<Stage>;
}

const engine = await checkEngine();

/** Every driver of the lab. */
export const drivers: Driver[] = [
  { name: 'embedded', skipped: undefined, set: setEmbedded },
  { name: 'kind', skipped: 'reason' in engine ? engine.reason : undefined, set: setKind },
];

const toys = import.meta.dirname;

function setEmbedded(): Promise<Stage> {
  const cluster = startEmbeddedCluster({ propagationDelayMs: 300, visible: [process.cwd()] });
  return Promise.resolve({
    cluster,
    artefact: { folder: toys },
    start: [process.execPath, join(toys, 'toy.mjs')],
    async ask({ url }, path, requests) {
      const answers: string[] = [];
      for (let request = 0; request < requests; request += 1) answers.push(await askOnce(url + path));
      return answers;
    },
    pods: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  });
}

async function askOnce(url: string): Promise<string> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } });
    return `${response.headers.get('x-pod') ?? ''}: ${(await response.text()).trim()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const client = 'client';

async function setKind(): Promise<Stage> {
  const { signal } = new AbortController();
  await using undo = new AsyncDisposableStack();
  const image = await buildToyImage();
  const cluster = undo.use(
    await startKindCluster({
      name: testClusters.shared,
      kubernetes: defaultKubernetes,
      keep: process.env['KEEP_TEST_CLUSTER'] !== undefined,
      run: 'contract test',
      signal,
      onProgress: (text) => process.stderr.write(`${text}\n`),
    }),
  );
  const provided = await cluster.provideImage(image, signal);
  const end = undo.move();
  return {
    cluster,
    artefact: { image: provided.image },
    start: [],
    ask: (deployment, path, requests) => askFromPod(deployment, { path, requests, image }),
    pods: listPods,
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

const clientProgram = `
const [url, requests] = process.argv.slice(1);
for (let request = 0; request < Number(requests); request += 1) {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } });
    console.log(response.headers.get('x-pod') + ': ' + (await response.text()).trim());
  } catch (error) {
    console.log(error.message);
  }
}`;

/** From a pod beside those of the deployment, as load does. */
async function askFromPod(
  { loadPlace, url }: Deployment,
  { path, requests, image }: { path: string; requests: number; image: string },
): Promise<string[]> {
  if (loadPlace.from !== 'cluster') throw new Error('load does not come from inside');
  const { kubectl } = loadPlace;
  const found = await kubectl.run(['get', 'pod', client, '--ignore-not-found']);
  if (found === '') {
    await kubectl.run(['run', client, `--image=${image}`, '--command', '--', 'sleep', '3600']);
    await kubectl.run(['wait', `pod/${client}`, '--for=condition=Ready', '--timeout=60s'], {
      timeoutMs: 65_000,
    });
    await sleep(100);
  }
  const words = ['exec', client, '--', 'node', '--input-type=module', '-e', clientProgram];
  const printed = await kubectl.run([...words, `${url}${path}`, String(requests)], { timeoutMs: 60_000 });
  return printed.trim().split('\n');
}

async function listPods({ loadPlace }: Deployment): Promise<string[] | undefined> {
  if (loadPlace.from !== 'cluster') return undefined;
  const words = ['get', 'pods', '--selector=app=toy', '--output=jsonpath={.items[*].metadata.name}'];
  return (await loadPlace.kubectl.run(words)).split(' ');
}
