import { access, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kubectl } from '../support/kubectl.ts';
import { expectAnswered, expectComplete } from './testing/complete.ts';
import { openLoadTrial, type LoadTrial } from './testing/load-trial.ts';
import { k6Container, k6LogFile } from './k6-job-manifest.ts';
import { noTestCluster, openTestCluster, serve, type TestCluster } from './testing/test-cluster.ts';
import { startToyServer, type ToyServer } from './testing/toy-server.ts';
import type { Load } from './load.ts';

const obstacle = await noTestCluster();
const title = obstacle === undefined ? 'k6 as a Job' : `k6 as a Job (skipped: ${obstacle})`;

describe.skipIf(obstacle !== undefined)(title, { timeout: 180_000 }, () => {
  const setUp = new AsyncDisposableStack();
  let cluster: TestCluster;
  let server: ToyServer;
  let kubectl: Kubectl;
  let url: string;

  beforeAll(async () => {
    cluster = setUp.use(await openTestCluster());
    ({ kubectl } = cluster);
    server = setUp.use(await startToyServer(cluster.hostAddress));
    url = await serve(cluster, Number(new URL(server.url).port));
    // The proxy of a node follows a new Service within about a second.
    await sleep(3_000);
  }, 300_000);

  afterAll(() => setUp.disposeAsync(), 120_000);

  const start = (
    trial: LoadTrial,
    options: { image?: string; through?: Kubectl; heldUntil?: Promise<unknown> } = {},
  ): Promise<Load> => {
    const { image, through = kubectl, ...held } = options;
    const place = { from: 'cluster' as const, kubectl: through, ...(image && { image }) };
    return trial.start('', { url, place, ...held });
  };
  const events = (trial: LoadTrial): string[] =>
    trial.events.map((event) => ('event' in event ? event.event : event.code));
  const left = async (): Promise<string> =>
    kubectl.run(['get', 'job,pod,configmap', '--selector=app.kubernetes.io/name=k6', '--output=name']);

  /** What has ended is removed without waiting for it. */
  const gone = async (): Promise<void> => {
    while ((await left()) !== '') await sleep(500);
  };

  test('records all that it sends, once, and leaves nothing', async () => {
    await using trial = await openLoadTrial();
    await using load = await start(trial);
    await load.firstRequest;
    const before = await load.usage();
    await sleep(2_500);
    const settledEpochMs = Date.now();
    await load.settled(trial.nowMs());
    const after = await load.usage();
    await load.stop();

    expect(load.broken.aborted).toBe(false);
    expect(events(trial)).toEqual(['starting', 'firstRequest', 'stopping', 'ended']);
    expect(trial.events.at(-1)).toMatchObject({ detail: 'it wrote its counts after SIGINT' });
    expectComplete(trial);
    expectAnswered(trial, settledEpochMs);
    expect(after!.cpuMs).toBeGreaterThan(before!.cpuMs);
    expect(after!.residentBytes).toBeGreaterThan(10_000_000);
    // The kernel of kind's nodes is that of this machine, and so is its clock.
    expect(trial.clocks).toHaveLength(2);
    for (const { offsetMs, uncertaintyMs } of trial.clocks) {
      expect(Math.abs(offsetMs)).toBeLessThanOrEqual(uncertaintyMs);
    }
    await expect(access(join(trial.folder, 'k6-console.ndjson'))).rejects.toThrow('ENOENT');
    await load[Symbol.asyncDispose]();
    await gone();
  });

  test('k6 that is held gets ready, and sends nothing before it is let go', async () => {
    await using trial = await openLoadTrial();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    await using load = await start(trial, { heldUntil: promise });
    const phase = [
      'get',
      'pods',
      '--selector=app.kubernetes.io/name=k6',
      '--output=jsonpath={.items[*].status.phase}',
    ];
    while ((await kubectl.run(phase)) !== 'Running') await sleep(250);
    const { length } = server.seen;
    await sleep(1_500);
    expect(server.seen.length).toBe(length);
    expect(events(trial)).toEqual([]);
    resolve(undefined);
    await load.firstRequest;
    await load.stop();
    expect(events(trial)).toEqual(['starting', 'firstRequest', 'stopping', 'ended']);
    expectComplete(trial);
    await load[Symbol.asyncDispose]();
    await gone();
  });

  test('what k6 logged before it was told to end is kept', async () => {
    await using trial = await openLoadTrial();
    await using load = await start(trial);
    await load.firstRequest;
    const pod = (
      await kubectl.run(['get', 'pod', '--selector=app.kubernetes.io/name=k6', '--output=name'])
    ).trim();
    const complain = `echo an error in the script >> ${k6LogFile}`;
    await kubectl.run(['exec', pod, `--container=${k6Container}`, '--', 'sh', '-c', complain]);
    await load.stop();
    expect(await readFile(join(trial.folder, 'k6.log'), 'utf8')).toContain('an error in the script\n');
    await load[Symbol.asyncDispose]();
    await gone();
  });

  test('k6 that is held and never let go is removed', async () => {
    await using trial = await openLoadTrial();
    const load = await start(trial, { heldUntil: new Promise(() => undefined) });
    await load[Symbol.asyncDispose]();
    expect(await left()).toBe('');
  });

  test('a connection that is lost is made again, and no record is lost with it', async () => {
    await using trial = await openLoadTrial();
    // The first three of each end in the middle of whatever comes, as when the API server is restarted.
    const program = join(trial.folder, 'kubectl');
    const script = `#!/bin/sh
case "$*" in *" exec "*) echo >> "$0".calls
  [ "$(wc -l < "$0".calls)" -le 6 ] && exec timeout -s KILL 1.3 ${kubectl.target.program} "$@" ;;
esac
exec ${kubectl.target.program} "$@"`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    await using load = await start(trial, { through: new Kubectl({ ...kubectl.target, program }) });
    await load.firstRequest;
    await sleep(5_000);
    await load.settled(trial.nowMs());
    await load.stop();
    expect((await readFile(`${program}.calls`, 'utf8')).length).toBeGreaterThan(4);
    expect(load.broken.aborted).toBe(false);
    expectComplete(trial);
  });

  test('disposal ends the load at once and removes all of it', async () => {
    await using trial = await openLoadTrial();
    const load = await start(trial);
    await load.firstRequest;
    expect(await left()).toMatch(/^job\S*\/(k6-\w+)\npod\/\1-\w+\nconfigmap\/\1$/);
    await load[Symbol.asyncDispose]();
    expect(await left()).toBe('');
    const { length } = server.seen;
    await sleep(500);
    expect(server.seen.length).toBe(length);
    expect(load.broken.aborted).toBe(false);
    expect(events(trial)).toEqual(['starting', 'firstRequest', 'ended']);
  });

  test('k6 that ends by itself breaks the load, with its last lines', async () => {
    await using trial = await openLoadTrial();
    await using load = await start(trial);
    await load.firstRequest;
    const pod = await kubectl.run(['get', 'pods', '--output=name']);
    await kubectl.run(['exec', '--container=k6', pod.trim(), '--', 'sh', '-c', 'kill -TERM 1']);
    if (!load.broken.aborted) await new Promise((resolve) => load.broken.addEventListener('abort', resolve));
    expect(String(load.broken.reason)).toMatch(
      /k6 ended by itself: exit code 105\n {2}log: .*\n {4}.*'terminated' signal/,
    );
    expect(events(trial)).toEqual(['starting', 'firstRequest', 'ended', 'load-died']);
  });

  test('a pod that is taken away breaks the load', async () => {
    await using trial = await openLoadTrial();
    await using load = await start(trial);
    await load.firstRequest;
    await kubectl.run([
      'delete',
      'pods',
      '--selector=app.kubernetes.io/name=k6',
      '--grace-period=0',
      '--force',
    ]);
    if (!load.broken.aborted) await new Promise((resolve) => load.broken.addEventListener('abort', resolve));
    expect(String(load.broken.reason)).toMatch(/k6 ended by itself: (its pod is gone|exit code)/);
  });

  test('an image that is not there: the first request rejects, and says what the cluster says', async () => {
    await using trial = await openLoadTrial();
    await using load = await start(trial, { image: 'registry.invalid/k6:2.2.0' });
    await expect(load.firstRequest).rejects.toThrow(
      /k6 did not start: pod k6-\S+ is waiting: ImagePullBackOff: [^]*Warning Failed: .*registry\.invalid\/k6:2\.2\.0/,
    );
    expect(events(trial)).toEqual(['starting', 'ended', 'load-died']);
    await load[Symbol.asyncDispose]();
    expect(await left()).toBe('');
  });

  test('a cluster that is gone is a problem of the trial, not a defect', async () => {
    await using trial = await openLoadTrial();
    const program = join(trial.folder, 'kubectl');
    await writeFile(
      program,
      `#!/bin/sh\n[ -e "$0.gone" ] && { echo "connection refused" >&2; exit 1; }\nexec ${kubectl.target.program} "$@"\n`,
    );
    await chmod(program, 0o755);
    const load = await start(trial, { through: new Kubectl({ ...kubectl.target, program }) });
    await load.firstRequest;
    await writeFile(`${program}.gone`, '');
    await load[Symbol.asyncDispose]();
    expect(events(trial)).toEqual(['starting', 'firstRequest', 'ended', 'load-left']);
    expect(JSON.stringify(trial.events)).toContain('connection refused');
    await kubectl.run([
      'delete',
      'job,configmap',
      '--selector=app.kubernetes.io/name=k6',
      '--cascade=foreground',
    ]);
  });

  test('a Job that the cluster does not take is one clear error', async () => {
    await using trial = await openLoadTrial();
    await expect(start(trial, { through: kubectl.in('not-there') })).rejects.toThrow(
      /the Job of k6 could not be created: kubectl failed[^]*namespaces "not-there" not found/,
    );
  });
});
