import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../support/project.ts';
import { until } from '../../support/testing/until.ts';
import { watchListeners } from './listeners.ts';
import { makeSinglePods, type SinglePod } from './single-pod.ts';

const toy = join(projectRoot, 'scripts/cluster/testing/toy.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'single-pod-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(
  env: { [name: string]: string } = {},
  { command = ['node', toy], port = 8080 }: { command?: string[]; port?: number } = {},
): Promise<SinglePod> {
  return makeSinglePods([projectRoot]).start({
    base: 'toy',
    command,
    folder,
    env,
    port: port === 0 ? undefined : port,
    limits: { memoryLimitBytes: undefined, replicas: 1, maxSurge: 0 },
    logFolder: join(folder, 'pods'),
    onWarning: () => undefined,
  });
}

async function answers({ host, port }: SinglePod): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('a pod listens on its address, gets SIGTERM, and tells that it has stopped listening, once', async () => {
  await using pod = await start({ END: 'exit' });
  await until('the pod answers', () => answers(pod));
  expect(pod.name).toMatch(/^toy-[a-z0-9]{5}$/);
  // Twice what the kernel's list needs to be looked at.
  await sleep(200);
  let closed = 0;
  pod.watchListener(() => (closed += 1));
  pod.terminate();
  expect(await pod.exited).toEqual({ exitCode: 0, signal: null });
  if (watchListeners().available) await until('it has stopped listening', () => closed === 1);
  expect(await answers(pod)).toBe(false);
});

test('a pod that is disposed has been killed', async () => {
  const pod = await start({ END: 'never' });
  await until('the pod answers', () => answers(pod));
  pod.terminate();
  await pod[Symbol.asyncDispose]();
  expect(await pod.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
});

test('a pod is told its address, and its log has what it says', async () => {
  await using pod = await start(
    { GREETING: 'hello' },
    {
      command: ['sh', '-c', 'echo $GREETING $HOST $PORT $HOSTNAME'],
    },
  );
  await pod.exited;
  const { host, port, name, logFile } = pod;
  const said = `hello ${host} ${String(port)} ${name}`;
  expect(readFileSync(logFile, 'utf8').trim()).toBe(said);
  expect(await pod.describeLog()).toBe(
    `It was started with HOST=${host} and PORT=${String(port)}. Last lines of ${name}:\n  ${said}\nWhole log: ${logFile}`,
  );
});

test.skipIf(!watchListeners().available)('a pod that listens elsewhere is found out', async () => {
  await using pod = await start({ START: 'wrong-port' });
  await until('its other address is known', () => pod.listensElsewhere() !== undefined);
  expect(pod.listensElsewhere()).toBe(
    `it listens on ${pod.host}:9999 instead of ${pod.host}:${String(pod.port)} and must obey HOST and PORT`,
  );
});

test('pods that know a port only run side by side', async () => {
  const knowsPort = { START: 'all-addresses', END: 'exit' };
  await using first = await start(knowsPort, { port: 0 });
  await using second = await start(knowsPort, { port: 0 });
  for (const pod of [first, second]) await until('the pod answers', () => answers(pod));
  expect(first.port).not.toBe(second.port);
  await sleep(200);
  let closed = 0;
  first.watchListener(() => (closed += 1));
  first.terminate();
  await first.exited;
  if (watchListeners().available) await until('it has stopped listening', () => closed === 1);
  expect(await answers(second)).toBe(true);
});
