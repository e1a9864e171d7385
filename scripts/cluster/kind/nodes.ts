import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { askEngine } from '../../support/engine-command.ts';
import type { NewConnection, Nodes } from '../kubernetes/nodes.ts';
import type { RuntimeAct } from '../kubernetes/runtime-act.ts';
import { nodeContainers } from './containers.ts';
import { startFeed, worksIn, type Feed } from './feed.ts';
import { readConntrackLine } from './conntrack-log.ts';
import { readContainerdLine } from './containerd-log.ts';

const askTimeoutSeconds = 2;
const confListSchema = z.looseObject({
  name: z.string().default(''),
  plugins: z.array(z.looseObject({ type: z.string() })).default([]),
});

/** Enters the nodes of a kind cluster on the engine of this machine. Disposing it ends what it reads there. */
export async function enterNodes(cluster: string, signal: AbortSignal): Promise<Nodes & AsyncDisposable> {
  const nodes = (await nodeContainers(cluster, { signal })).map(({ name }) => name);
  const [first = ''] = nodes;
  const [hasJournal, hasConntrack, network, shareKernel] = await Promise.all([
    worksIn(nodes, ['journalctl', '--unit=containerd', '--lines=1', '--output=cat']),
    worksIn(nodes, ['conntrack', '--version']),
    describeNetwork(first, signal),
    sharesKernel(first, signal),
  ]);
  const undo = new AsyncDisposableStack();
  const runtimeLog = hasJournal ? undo.use(followRuntime(nodes)) : undefined;
  const connections = hasConntrack ? undo.use(followConnections(nodes)) : undefined;
  return {
    shareKernel,
    runtimeLog,
    connections,
    limits: [network],
    reaches: (url, pods) => reaches(nodes, url, pods),
    whyLost: () => whyLost(cluster, nodes),
    [Symbol.asyncDispose]: () => undo.disposeAsync(),
  };
}

function followRuntime(nodes: readonly string[]): Feed<RuntimeAct> {
  return startFeed({
    nodes,
    source: "containerd's log",
    command: ['journalctl', '--unit=containerd', '--follow', '--lines=0', '--output=cat'],
    read: readContainerdLine,
  });
}

function followConnections(nodes: readonly string[]): Feed<NewConnection> {
  return startFeed({
    nodes,
    source: "conntrack of the node's kernel",
    command: ['conntrack', '--event', '--event-mask', 'NEW', '--proto', 'tcp', '--output', 'timestamp'],
    read: readConntrackLine,
  });
}

/** The engine may be on another machine, or in a virtual one. */
async function sharesKernel(node: string, signal: AbortSignal): Promise<boolean> {
  const file = '/proc/sys/kernel/random/boot_id';
  const { stdout } = await askEngine(['exec', node, 'cat', file], { signal });
  try {
    return stdout.trim() === readFileSync(file, 'utf8').trim();
  } catch {
    return false;
  }
}

async function reaches(
  nodes: readonly string[],
  url: string,
  pods: readonly string[],
): Promise<string | undefined> {
  const problems = await Promise.all(nodes.map((node) => whyNotReached(node, url, pods)));
  return problems.find((problem) => problem !== undefined);
}

/**
 * Who answers is looked at: while a node's proxy still sends to a pod that has gone, its packets may leave the node, and
 * whatever is out there may answer.
 */
async function whyNotReached(
  node: string,
  url: string,
  pods: readonly string[],
): Promise<string | undefined> {
  const limits = ['--max-time', String(askTimeoutSeconds), '--noproxy', '*'];
  const output = ['--silent', '--show-error', '--output', '/dev/null', '--dump-header', '-'];
  const { failed, problem, stdout } = await askEngine(['exec', node, 'curl', ...limits, ...output, url]);
  if (failed) return problem;
  const pod = /^x-pod:[ \t]*(\S+)/im.exec(stdout)?.[1];
  if (pod !== undefined && pods.includes(pod)) return undefined;
  const [status = ''] = stdout.trim().split(/\r?\n/);
  const who =
    pod === undefined
      ? 'a server that does not name itself in X-Pod, as every app must (apps/README.md)'
      : `X-Pod ${pod}, which is none of them`;
  return `"${status}" came from ${who}`;
}

/** Networks of kind differ: `kindnet`, or what somebody put in its place. */
async function describeNetwork(node: string, signal: AbortSignal): Promise<string> {
  const words = ['exec', node, 'sh', '-c', 'cat $(ls /etc/cni/net.d/*.conflist | head -n 1)'];
  const { stdout } = await askEngine(words, { signal });
  try {
    const { name, plugins } = confListSchema.parse(JSON.parse(stdout));
    return `The pod network is ${name} (CNI plugins ${plugins.map(({ type }) => type).join(', ')}).`;
  } catch {
    return 'The pod network is not known: its CNI configuration cannot be read.';
  }
}

async function whyLost(cluster: string, nodes: readonly string[]): Promise<string | undefined> {
  const { failed, problem } = await askEngine(['version', '--format', '{{.Server.Version}}']);
  if (failed) return `the container engine does not answer: ${problem}`;
  const containers = await nodeContainers(cluster);
  const missing = nodes.find((name) => !containers.some((container) => container.name === name));
  if (missing !== undefined)
    return `its node ${missing} is gone; somebody deleted the cluster while the lab used it`;
  const stopped = containers.find(({ running }) => !running);
  return stopped && `its node ${stopped.name} has stopped`;
}
