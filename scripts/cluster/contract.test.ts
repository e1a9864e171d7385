import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { monotonicMs } from '../support/clock.ts';
import { triggers } from '../support/trigger.ts';
import type { EndpointRecord, EventRecord, PodRecord, RolloutRecord, Sighting } from '../timeline/records.ts';
import type { Deployment } from './cluster.ts';
import { drivers, type Stage } from './testing/stages.ts';
import { toyManifest, type ToyManifest } from './testing/toy-manifest.ts';
import { variantOf } from './testing/variant.ts';

/** What a cluster promises, whichever it is. A driver that cannot do something says so, and its case is skipped. */

type Seen = PodRecord | EndpointRecord;

for (const driver of drivers) {
  const skipped = driver.skipped === undefined ? '' : ` (skipped: ${driver.skipped})`;
  describe.skipIf(skipped !== '')(`${driver.name}${skipped}`, { timeout: 600_000 }, () => {
    let stage: Stage;
    let folder: string;
    let records: EventRecord[];
    let deployed: Deployment | undefined;

    beforeAll(async () => {
      stage = await driver.set();
    }, 900_000);
    afterAll(() => stage[Symbol.asyncDispose](), 120_000);
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'contract-'));
      records = [];
      deployed = undefined;
    });
    afterEach(async () => {
      await deployed?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    }, 120_000);

    async function deploy(
      env: { [name: string]: string } = {},
      manifest: ToyManifest = {},
      signal = new AbortController().signal,
    ): Promise<Deployment> {
      const deployment = await stage.cluster.deploy({
        variant: variantOf('toy/server', { start: stage.start }),
        manifest: toyManifest(manifest),
        artefact: stage.artefact,
        env,
        logFolder: join(folder, 'pods'),
        originMs: monotonicMs(),
        record: (record) => {
          if ('type' in record) records.push(record);
        },
        signal,
      });
      deployed = deployment;
      return deployment;
    }

    const seen = (event: string, revision?: 'old' | 'new'): Seen[] =>
      records.filter(
        (record): record is Seen =>
          (record.type === 'pod' && record.event === event && (!revision || record.revision === revision)) ||
          (record.type === 'endpoint' && record.event === event),
      );
    const podsOf = (event: string, revision?: 'old' | 'new') => [
      ...new Set(seen(event, revision).map(({ pod }) => pod)),
    ];
    const rollout = (event: 'began' | 'complete') => {
      const isIt = (record: EventRecord) => record.type === 'rollout' && record.event === event;
      const [found] = records.filter((record): record is RolloutRecord => isIt(record));
      return found?.atMs ?? NaN;
    };

    /** When this happened to the pod: a span, which is a moment where the cluster knows it exactly. */
    function span(pod: string, event: string): Sighting['betweenMs'] {
      const found = seen(event).find((record) => record.pod === pod);
      if (!found) throw new Error(`${pod} was never ${event}`);
      return found.seen?.betweenMs ?? [found.atMs, found.atMs];
    }

    /** True unless the second can only have happened before the first. */
    const canFollow = (pod: string, first: string, second: string) =>
      span(pod, first)[0] <= span(pod, second)[1];

    test('a deployment answers once all replicas are ready, each with its own name', async () => {
      const answers = await stage.ask(await deploy(), '/', 60);
      const pods = podsOf('ready');
      expect(pods).toHaveLength(2);
      expect([...new Set(answers)].sort()).toEqual(pods.map((pod) => `${pod}: Hello World!`).sort());
      for (const pod of pods) expect(pod).toMatch(/^toy-server-/);
    });

    test('every sighting lies in its own span, and none was heard of before it can have happened', async () => {
      await (await deploy()).restart('rolling-restart');
      for (const { atMs, seen: sighting } of [
        ...seen('deleted'),
        ...seen('ready'),
        ...seen('removed'),
        ...seen('exited'),
      ]) {
        const [earliest, latest] = sighting?.betweenMs ?? [atMs, atMs];
        expect(atMs).toBeGreaterThanOrEqual(earliest);
        expect(atMs).toBeLessThanOrEqual(latest);
        expect(earliest).toBeLessThanOrEqual(sighting?.arrivedMs ?? atMs);
      }
    });

    test('a rolling restart replaces every pod, in the order of a termination', async () => {
      const running = await deploy({ END: 'exit' }, { preStop: '{ sleep: { seconds: 2 } }' });
      const old = podsOf('created', 'old');
      await running.restart('rolling-restart');
      for (const pod of old) {
        const order = ['deleted', 'preStopBegan', 'preStopEnded', 'sigterm', 'exited', 'gone'];
        for (const [index, event] of order.entries())
          for (const later of order.slice(index + 1))
            expect([event, later, canFollow(pod, event, later)]).toEqual([event, later, true]);
        // The hook keeps SIGTERM away, and the endpoint goes meanwhile.
        expect(span(pod, 'sigterm')[1] - span(pod, 'deleted')[0]).toBeGreaterThanOrEqual(1999);
        expect(canFollow(pod, 'removed', 'sigterm')).toBe(true);
        expect(canFollow(pod, 'deleted', 'removed')).toBe(true);
        expect(rollout('complete')).toBeGreaterThanOrEqual(span(pod, 'gone')[0]);
      }
      expect(old).toHaveLength(2);
      expect(podsOf('gone', 'old').sort()).toEqual([...old].sort());
      expect(podsOf('created', 'new')).toHaveLength(2);
      expect(podsOf('deleted', 'new')).toEqual([]);
    });

    test('without a hook SIGTERM is sent at once, and the endpoint goes as well', async () => {
      const running = await deploy();
      const old = podsOf('created', 'old');
      await running.restart('rolling-restart');
      while (podsOf('removed').length < old.length) await sleep(50);
      for (const pod of old) {
        // Not when grace is over; a kubelet that is busy may take some seconds.
        expect(span(pod, 'sigterm')[0] - span(pod, 'deleted')[1]).toBeLessThan(10_000);
        expect(canFollow(pod, 'deleted', 'sigterm')).toBe(true);
        expect(canFollow(pod, 'deleted', 'removed')).toBe(true);
      }
      expect(seen('preStopBegan')).toEqual([]);
      expect(seen('exited', 'old')).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    });

    test('what is still there when grace is over is killed', async () => {
      const running = await deploy({ END: 'never' }, { graceSeconds: 4, replicas: 1 });
      const [pod = ''] = podsOf('created');
      await running.restart('rolling-restart');
      const killedAfterMs = span(pod, 'sigkill')[0] - span(pod, 'deleted')[0];
      expect(killedAfterMs).toBeGreaterThanOrEqual(3000);
      // Not after the 30 s that Kubernetes gives by itself.
      expect(killedAfterMs).toBeLessThan(15_000);
      expect(seen('sigkill', 'old')).toMatchObject([{ detail: 'grace period of 4 s over' }]);
      expect(seen('exited', 'old')).toMatchObject([{ exitCode: null, signal: 'SIGKILL' }]);
    });

    test('a container that crashes at start is reported with its log', async () => {
      const deploying = deploy({ START: 'crash' });
      await expect(deploying).rejects.toThrow(/^toy\/server .*exit code 3[^]*cannot find my configuration/);
      await expect(deploying).rejects.toMatchObject({ code: 'deploy-failed' });
    });

    test('waiting for pods that never become ready can be interrupted', async () => {
      const interrupt = new AbortController();
      const deploying = deploy({ START: 'unhealthy' }, {}, interrupt.signal);
      setTimeout(() => interrupt.abort(new Error('enough')), 6000);
      await expect(deploying).rejects.toThrow('enough');
      expect(seen('warning').map((record) => ('detail' in record ? record.detail : ''))).toContainEqual(
        expect.stringMatching(/startup probe failed/i),
      );
    });

    test('a container that ends by itself is started again, and the trial hears of it', async () => {
      const running = await deploy();
      await stage.ask(running, '/crash', 1);
      while (seen('ready').length < 3) await sleep(100);
      expect(seen('exited')).toMatchObject([{ exitCode: 9 }]);
      expect(seen('started').map((record) => 'restartCount' in record && record.restartCount)).toEqual([
        0, 0, 1,
      ]);
      expect(records).toContainEqual(expect.objectContaining({ type: 'problem', code: 'pod-ended' }));
    });

    test('the log of every old pod is kept', async () => {
      const running = await deploy({ END: 'speak' });
      const old = podsOf('created', 'old');
      await running.restart('rolling-restart');
      await running[Symbol.asyncDispose]();
      for (const pod of old)
        expect(readFileSync(join(folder, 'pods', `${pod}.log`), 'utf8')).toContain('these are my last words');
    });

    test('a deployment that is removed leaves nothing behind', async () => {
      const running = await deploy();
      expect(await stage.ask(running, '/', 1)).toEqual([expect.stringContaining('Hello World!')]);
      await running[Symbol.asyncDispose]();
      expect(await stage.ask(running, '/', 1)).not.toEqual([expect.stringContaining('Hello World!')]);
      const again = await deploy();
      expect(await stage.ask(again, '/', 1)).toEqual([expect.stringContaining('Hello World!')]);
    });

    test('the pods of the deployment before are gone when the next one answers, and none is in its records', async () => {
      // They have to be killed, which takes longer than to exit.
      const before = await deploy({ END: 'never' }, { replicas: 4 });
      const earlier = podsOf('ready');
      expect(earlier).toHaveLength(4);
      await before[Symbol.asyncDispose]();
      records = [];
      const after = await deploy();
      const mine = podsOf('ready');
      expect(mine).toHaveLength(2);
      const named = records.flatMap((record) => ('pod' in record ? [record.pod] : []));
      expect(new Set(named)).toEqual(new Set(mine));
      const there = await stage.pods(after);
      if (there !== undefined) expect(new Set(there)).toEqual(new Set(mine));
    });

    test.each([
      ['at its beginning', 0],
      ['in the middle', 500],
    ])('a restart that is cut off %s by the removal of the deployment ends', async (_, afterMs) => {
      const running = await deploy({}, { preStop: '{ sleep: { seconds: 10 } }' });
      const restarting = running.restart('rolling-restart');
      restarting.catch(() => undefined);
      await sleep(afterMs);
      await running[Symbol.asyncDispose]();
      await expect(restarting).rejects.toMatchObject({ code: 'deployment-removed' });
    });

    for (const trigger of triggers.filter((name) => name !== 'rolling-restart')) {
      test(`${trigger}, or why not`, async (context) => {
        const why = stage.cluster.cannot(trigger);
        if (why !== undefined) return context.skip(why);
        const running = await deploy({}, { replicas: 4 });
        const old = podsOf('created', 'old');
        await running.restart(trigger);
        const ended = podsOf('gone', 'old');
        // How many of them are on the node that is drained is the scheduler's choice.
        const expected: { [name: string]: number } = { 'delete-pod': 1, 'scale-down': 2 };
        expect(ended.length).toBeGreaterThan(0);
        expect(ended).toHaveLength(expected[trigger] ?? ended.length);
        expect(podsOf('ready', 'new')).toHaveLength(trigger === 'scale-down' ? 0 : ended.length);
        for (const pod of ended) {
          expect(old).toContain(pod);
          expect(canFollow(pod, 'deleted', 'sigterm')).toBe(true);
          expect(canFollow(pod, 'sigterm', 'exited')).toBe(true);
          expect(podsOf('removed')).toContain(pod);
        }
        expect(rollout('complete')).toBeGreaterThan(rollout('began'));
      });
    }
  });
}
