import { spawn } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { populations } from '../timeline/records.ts';
import { containment } from '../support/contained.ts';
import { searchK6 } from './provision.ts';
import { expectAnswered, expectComplete } from './testing/complete.ts';
import { openLoadTrial, populationOf } from './testing/load-trial.ts';
import { startToyServer } from './testing/toy-server.ts';
import { planLoad, slowServerSlackSeconds } from './plan.ts';
import { overloadOf } from './rate.ts';

const { k6 } = await searchK6();

describe.runIf(k6)('k6 on a toy server (skipped when k6 is not on the PATH or in the cache)', () => {
  test('sends each population in its own way, records all of it, and its counts agree', async () => {
    await using server = await startToyServer();
    await using trial = await openLoadTrial();
    await using load = await trial.start(k6!.program, { url: server.url });
    await load.firstRequest;
    await sleep(2500);
    const settledEpochMs = Date.now();
    await load.settled(trial.nowMs());
    await load.stop();

    expect(load.broken.aborted).toBe(false);
    expect(trial.events.map((event) => ('event' in event ? event.event : event.code))).toEqual([
      'starting',
      'firstRequest',
      'stopping',
      'ended',
    ]);
    expect(trial.events.at(-1)).toMatchObject({ exitCode: 105 });
    expectComplete(trial);
    for (const population of populations) {
      const seen = server.seen.filter((request) => request.population === population);
      const requestsOnConnection = seen.length / new Set(seen.map(({ connection }) => connection)).size;
      if (population.startsWith('fresh')) expect(requestsOnConnection).toBe(1);
      else expect(requestsOnConnection).toBeGreaterThan(1.5);
      const post = population.endsWith('post');
      expect(new Set(seen.map(({ method, body }) => `${method} ${body.length}`))).toEqual(
        new Set([post ? 'POST 1' : 'GET 0']),
      );
    }
    expectAnswered(trial, settledEpochMs);
    expect(await readdir(trial.folder)).not.toContain('k6-console.ndjson');
  });

  test('at 1/s each population has its requests, and every kept connection a turn', async () => {
    await using server = await startToyServer();
    await using trial = await openLoadTrial();
    const plan = planLoad(1, 0, { slackSeconds: slowServerSlackSeconds });
    await using load = await trial.start(k6!.program, { url: server.url, plan });
    await load.firstRequest;
    await sleep(4_500);
    const sinceEpochMs = Date.now();
    await load.settled(trial.nowMs());
    await load.stop();

    expectComplete(trial);
    for (const population of populations) {
      const started = trial.started.filter(([, id]) => populationOf(id) === population);
      expect(started.length, population).toBeGreaterThanOrEqual(2);
      if (population.startsWith('persistent')) {
        expect(Math.max(...started.map(([, , , epochMs]) => epochMs))).toBeGreaterThan(sinceEpochMs);
      }
    }
  });

  test('its pressure grows while a server does not answer', async () => {
    await using server = await startToyServer();
    await using trial = await openLoadTrial();
    await using load = await trial.start(k6!.program, { url: server.url, plan: planLoad(200, 0) });
    await load.firstRequest;
    for (const population of populations) server.swallow(population);
    await sleep(1_500);
    const { openRequests, activeUsers } = load.pressure();
    expect(openRequests).toBeGreaterThan(100);
    expect(activeUsers).toBeGreaterThan(100);
    expect(overloadOf({ openRequests, activeUsers }, planLoad(200, 0), 0)).toContain('did not carry 200');
    await load.stop();
  });

  test('settled waits for a swallowed request until its timeout', async () => {
    await using server = await startToyServer();
    await using trial = await openLoadTrial();
    const plan = { ...planLoad(40, 0), requestTimeoutMs: 1_500 };
    await using load = await trial.start(k6!.program, { url: server.url, plan });
    await load.firstRequest;
    await sleep(700);
    server.swallow('persistent-post');
    await sleep(300);
    const sinceMs = trial.nowMs();
    await load.settled(sinceMs);
    expect(trial.nowMs() - sinceMs).toBeGreaterThan(1_000);
    const swallowed = trial.ended.filter(([, id]) => populationOf(id) === 'persistent-post');
    const timedOut = swallowed.filter(([, , , , errorCode]) => errorCode === 1050);
    expect(timedOut.length).toBeGreaterThan(0);
    expect(timedOut[0]).toMatchObject({ 3: 0, 5: 'request timeout', 6: '', 12: 0 });
    await load.stop();
  });

  test('a refused connection is recorded with its code', async () => {
    await using trial = await openLoadTrial();
    await using load = await trial.start(k6!.program);
    await load.firstRequest;
    await sleep(300);
    const stoppedEpochMs = Date.now();
    await load.stop();
    // What was dialling when k6 was stopped is cut off by that, and has another code.
    const undisturbed = trial.ended.filter(([, , epochMs]) => epochMs < stoppedEpochMs);
    expect(new Set(undisturbed.map(([, , , , code]) => code))).toEqual(new Set([1212]));
  });

  test('disposal ends k6 at once', async () => {
    await using server = await startToyServer();
    await using trial = await openLoadTrial();
    const load = await trial.start(k6!.program, { url: server.url });
    await load.firstRequest;
    await load[Symbol.asyncDispose]();
    expect(() => process.kill(load.pid!, 0)).toThrow('ESRCH');
    expect(trial.events.at(-1)).toMatchObject({ event: 'ended', exitCode: null, detail: 'ended by SIGKILL' });
    expect(load.broken.aborted).toBe(false);
    await access(join(trial.folder, 'k6-console.ndjson'));
  });
});

describe('faults', () => {
  test('k6 that fails at once: the first request rejects with the last lines of its log', async () => {
    await using trial = await openLoadTrial();
    await using load = await trial.start(await trial.fakeK6('echo "no such option" >&2; exit 104'));
    await expect(load.firstRequest).rejects.toThrow(/ended by itself: exit code 104[^]*no such option/);
    expect(load.broken.aborted).toBe(true);
    expect(trial.events.map((event) => ('event' in event ? event.event : event.code))).toEqual([
      'starting',
      'ended',
      'load-died',
    ]);
    await expect(load.settled(0)).rejects.toThrow('ended by itself');
    await load.stop();
  });

  test('lines that are no records: the first is shown, the others are counted, whole ones are kept', async () => {
    await using trial = await openLoadTrial();
    const script = `for argument; do case $argument in --console-output=*) file=\${argument#*=};; esac; done
printf '["start","fresh-get-0",1,1700000000000]\\npanic: oops\\n["end","fresh-get-0"]\\n' > "$file"
printf '["start","fresh-get-1",1,17' >> "$file"
exec sleep 1000`;
    await using load = await trial.start(await trial.fakeK6(script));
    await load.firstRequest;
    if (!load.broken.aborted) await new Promise((resolve) => load.broken.addEventListener('abort', resolve));
    await load[Symbol.asyncDispose]();
    expect(trial.started).toEqual([['start', 'fresh-get-0', 1, 1700000000000]]);
    const problems = trial.events.filter((event) => event.type === 'problem');
    expect(problems.map(({ code, detail }) => `${code}: ${detail}`)).toMatchInlineSnapshot(`
      [
        "load-garbled: k6 wrote a line that is no request record: panic: oops",
        "load-garbled: 3 lines of k6 could not be read in all",
      ]
    `);
  });

  test('k6 killed from outside breaks the load', async () => {
    await using trial = await openLoadTrial();
    await using load = await trial.start(await trial.fakeK6('exec sleep 1000'));
    process.kill(load.pid!, 'SIGKILL');
    await expect(load.firstRequest).rejects.toThrow('ended by itself: ended by SIGKILL');
  });

  test.runIf(containment().parentDeathSignal)('k6 ends with the lab, even after kill -9', async () => {
    await using trial = await openLoadTrial();
    const k6Program = await trial.fakeK6('exec sleep 1000');
    const lab = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'run-load.ts'), k6Program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: trial.folder },
    });
    const pid = await new Promise<number>((resolve) =>
      lab.stdout.once('data', (data) => resolve(Number(data))),
    );
    expect(process.kill(pid, 0)).toBe(true);
    lab.kill('SIGKILL');
    for (let attempt = 0; isRunning(pid); attempt += 1) {
      if (attempt > 400) throw new Error(`process ${pid} outlived the lab`);
      await sleep(25);
    }
  });

  test('a program that is not there', async () => {
    await using trial = await openLoadTrial();
    const start = async (): Promise<void> => {
      await using load = await trial.start('/no/such/k6');
      await load.firstRequest;
    };
    await expect(start()).rejects.toThrow(/k6 (could not be started|ended by itself)/);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
