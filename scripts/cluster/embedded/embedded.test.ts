import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest, PreStop, Probe } from '../../catalogue/model.ts';
import { monotonicMs } from '../../support/clock.ts';
import { until } from '../../support/testing/until.ts';
import type { EndpointRecord, PodRecord, RolloutRecord } from '../../timeline/records.ts';
import type { Cluster, Deployment } from '../cluster.ts';
import { startEmbeddedCluster } from './embedded.ts';

type Seen = PodRecord | EndpointRecord | RolloutRecord;

const toys = join(import.meta.dirname, '../testing');
let folder: string;
let cluster: Cluster;
let seen: Seen[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  cluster = startEmbeddedCluster({ propagationDelayMs: 300, visible: [process.cwd()] });
  seen = [];
});

afterEach(async () => {
  await cluster[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const health: Probe = {
  action: { kind: 'httpGet', path: '/health', port: 8080, headers: {} },
  initialDelayMs: 0,
  periodMs: 1000,
  timeoutMs: 1000,
  successThreshold: 1,
  failureThreshold: 60,
};

function manifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    file: 'manifests/toy.yaml',
    text: '',
    replicas: 2,
    maxSurge: 1,
    maxUnavailable: 0,
    minReadyMs: 0,
    graceMs: 15_000,
    containerPort: 8080,
    servicePort: 8080,
    env: {},
    startupProbe: health,
    readinessProbe: health,
    livenessProbe: undefined,
    preStop: undefined,
    memoryLimitBytes: undefined,
    limits: [],
    ...changes,
  };
}

function deploy(
  env: { [name: string]: string } = {},
  changes: Partial<Manifest> = {},
  signal = new AbortController().signal,
): Promise<Deployment> {
  return cluster.deploy({
    variant: {
      id: 'toy/server',
      framework: 'toy',
      name: 'server',
      server: 'Node.js http',
      setting: '',
      start: [process.execPath, 'toy.mjs'],
      env: {},
      startUpMs: 0,
      warmUpMs: 0,
      image: undefined,
      scenarios: undefined,
    },
    manifest: manifest(changes),
    artefact: { folder: toys },
    env,
    logFolder: folder,
    originMs: monotonicMs(),
    record: (record) => {
      if ('type' in record && 'event' in record) seen.push(record as Seen);
    },
    signal,
  });
}

const oldPods = () => [...new Set(podEvents('created', 'old').map(({ pod }) => pod))];

function podEvents(event: PodRecord['event'], revision?: 'old' | 'new'): PodRecord[] {
  const pods = seen.filter((record) => record.type === 'pod');
  return pods.filter((record) => record.event === event && (!revision || record.revision === revision));
}

/** When this happened to the pod, in trial time. */
function at(pod: string, event: string): number {
  const [found] = seen.filter((record) => 'pod' in record && record.pod === pod && record.event === event);
  if (!found) throw new Error(`${pod} was never ${event}`);
  return found.atMs;
}

describe('a deployment', () => {
  test('answers at its address once all replicas are ready, each with its own name', async () => {
    const deployment = await deploy();
    const names = new Set<string | null>();
    for (let request = 0; request < 60; request += 1) {
      const response = await fetch(deployment.url, { headers: { connection: 'close' } });
      expect(await response.text()).toBe('Hello World!\n');
      names.add(response.headers.get('x-pod'));
    }
    expect([...names].sort()).toEqual(oldPods().sort());
  });

  test('leaves nothing behind when it is disposed', async () => {
    const deployment = await deploy();
    await deployment[Symbol.asyncDispose]();
    await expect(fetch(deployment.url)).rejects.toThrow();
    expect(podEvents('gone')).toHaveLength(2);
  });

  test('that crashes at start is reported with its log', async () => {
    await expect(deploy({ START: 'crash' })).rejects.toMatchObject({
      code: 'deploy-failed',
      message: expect.stringMatching(
        /exits at start \(exit code 3\)[^]*cannot find my configuration/,
      ) as string,
    });
  });

  test('that never becomes ready can be interrupted', async () => {
    const interrupt = new AbortController();
    const deploying = deploy({ START: 'unhealthy' }, {}, interrupt.signal);
    setTimeout(() => interrupt.abort(new Error('enough')), 1500);
    await expect(deploying).rejects.toThrow('enough');
    expect(podEvents('warning')[0]?.detail).toMatch(
      /startup probe failed: (HTTP probe failed with status code 503|connect)/,
    );
  });

  test('that does not pass its startup probe is reported with the answer', async () => {
    const startupProbe = { ...health, failureThreshold: 1 };
    await expect(deploy({ START: 'unhealthy' }, { startupProbe, graceMs: 1000 })).rejects.toMatchObject({
      code: 'deploy-failed',
      message: expect.stringMatching(
        /^toy\/server never becomes ready \((HTTP probe failed|connect)/,
      ) as string,
    });
  });

  test('restarts a container that ends by itself', async () => {
    const deployment = await deploy();
    await fetch(`${deployment.url}/crash`).catch(() => undefined);
    while (podEvents('ready').length < 3) await sleep(100);
    expect(podEvents('exited')).toMatchObject([{ exitCode: 9 }]);
    expect(podEvents('started').map(({ restartCount }) => restartCount)).toEqual([0, 0, 1]);
    expect(await (await fetch(deployment.url)).text()).toBe('Hello World!\n');
  });
});

describe('a rolling restart', () => {
  test('replaces every pod and keeps the order of a termination', async () => {
    const deployment = await deploy({ END: 'exit' }, { preStop: { kind: 'sleep', durationMs: 700 } });
    const before = oldPods();
    await deployment.restart('rolling-restart');
    const complete = seen.find((record) => record.type === 'rollout' && record.event === 'complete');
    for (const pod of before) {
      const order = ['deleted', 'preStopBegan', 'preStopEnded', 'sigterm', 'exited', 'gone'];
      const times = order.map((event) => at(pod, event));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(at(pod, 'preStopEnded') - at(pod, 'preStopBegan')).toBeGreaterThanOrEqual(699);
      expect(at(pod, 'removed') - at(pod, 'deleted')).toBeGreaterThanOrEqual(299);
      expect(at(pod, 'removed')).toBeLessThan(at(pod, 'sigterm'));
      expect(complete?.atMs).toBeGreaterThanOrEqual(at(pod, 'gone'));
    }
    expect(podEvents('created', 'new')).toHaveLength(2);
    expect(podEvents('deleted', 'new')).toEqual([]);
  });

  test('never has fewer ready pods than replicas, nor more pods than the surge allows', async () => {
    const deployment = await deploy();
    await deployment.restart('rolling-restart');
    let ready = 0;
    let alive = 0;
    for (const { event } of seen.filter((record) => record.type === 'pod')) {
      if (event === 'created') alive += 1;
      if (event === 'deleted') [alive, ready] = [alive - 1, ready - 1];
      if (event === 'ready') ready += 1;
      expect(alive).toBeLessThanOrEqual(3);
      if (podEvents('ready', 'new').length > 0 && event === 'deleted')
        expect(ready).toBeGreaterThanOrEqual(2);
    }
  });

  test('that is cut off by the removal of the deployment leaves no pod behind', async () => {
    const deployment = await deploy();
    const restarting = deployment.restart('rolling-restart');
    restarting.catch(() => undefined);
    await deployment[Symbol.asyncDispose]();
    await expect(restarting).rejects.toMatchObject({ code: 'deployment-removed' });
    expect(podEvents('gone')).toHaveLength(podEvents('created').length);
  });

  test('sends SIGTERM before the endpoint is gone when there is no preStop', async () => {
    const deployment = await deploy();
    const before = oldPods();
    await deployment.restart('rolling-restart');
    await until('their endpoints are gone', () => {
      const removed = new Set(seen.flatMap((record) => (record.event === 'removed' ? [record.pod] : [])));
      return before.every((pod) => removed.has(pod));
    });
    for (const pod of before) expect(at(pod, 'sigterm')).toBeLessThan(at(pod, 'removed'));
  });

  test('kills what is still there when grace, counted from the deletion, is over', async () => {
    const preStop = { kind: 'sleep', durationMs: 3000 } as const;
    const deployment = await deploy({ END: 'never' }, { graceMs: 4000, preStop, replicas: 1 });
    await deployment.restart('rolling-restart');
    const [pod = ''] = oldPods();
    expect(at(pod, 'sigkill') - at(pod, 'deleted')).toBeGreaterThanOrEqual(3990);
    // Were it counted from SIGTERM, 7 s.
    expect(at(pod, 'sigkill') - at(pod, 'deleted')).toBeLessThan(6000);
    expect(podEvents('sigkill', 'old')).toMatchObject([{ detail: 'grace period of 4 s over' }]);
    expect(podEvents('exited', 'old')).toMatchObject([{ signal: 'SIGKILL', exitCode: null }]);
  });

  test('leaves two seconds after a preStop that took all the grace', async () => {
    const preStop: PreStop = { kind: 'exec', command: ['sleep', '60'] };
    const deployment = await deploy({ END: 'never' }, { graceMs: 1000, preStop, replicas: 1 });
    await deployment.restart('rolling-restart');
    const [pod = ''] = oldPods();
    expect(podEvents('preStopEnded')).toMatchObject([{ detail: 'preStop was cut off' }]);
    expect(at(pod, 'sigkill') - at(pod, 'sigterm')).toBeGreaterThanOrEqual(1990);
  });

  test('tells when the listening socket is closed', async () => {
    const deployment = await deploy({ END: 'close' });
    await deployment.restart('rolling-restart');
    for (const pod of oldPods()) expect(at(pod, 'listenerClosed')).toBeGreaterThanOrEqual(at(pod, 'sigterm'));
    expect(podEvents('listening')).toHaveLength(4);
  });
});
