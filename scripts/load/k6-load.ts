import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, readClocks, roundMs } from '../support/clock.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { lastLines } from '../support/log-tail.ts';
import type { ProcessUsage } from '../support/process-usage.ts';
import { timeouts } from '../support/timeouts.ts';
import type { LoadRecord } from '../timeline/records.ts';
import { k6Files, type K6Files } from './k6-command.ts';
import { startJob } from './k6-job.ts';
import { startProcess } from './k6-process.ts';
import type { Ending, K6Run } from './k6-run.ts';
import type { ClockOffset, Load, LoadPressure, LoadRequest } from './load.ts';
import { persistentUsers } from './plan.ts';
import { RequestReader } from './request-reader.ts';

const pollMs = 50;
const shownLines = 20;
/** k6 was ended by a signal, as asked (k6, errext/exitcodes). */
const endedBySignal = 105;

/**
 * Starts k6 on the four populations. Resolves when its process runs, or the cluster has taken its Job; throws a
 * LabError `load-failed` when it cannot be started. See `Load` for what follows.
 */
export async function startLoad(request: LoadRequest): Promise<Load> {
  await mkdir(request.folder, { recursive: true });
  const files = k6Files(request.folder);
  for (const file of [files.console, files.log]) await rm(file, { force: true });
  const { place } = request;
  const run =
    place.from === 'host' ? await startProcess(request, files) : await startJob({ request, files, place });
  return new K6Load(request, files, run);
}

class K6Load implements Load {
  readonly firstRequest: Promise<undefined>;
  readonly #request: LoadRequest;
  readonly #files: K6Files;
  readonly #run: K6Run;
  readonly #reader: RequestReader;
  readonly #first = Promise.withResolvers<undefined>();
  readonly #broken = new AbortController();
  readonly #finished: Promise<void>;
  #clock: ClockOffset = { offsetMs: 0, uncertaintyMs: 0 };
  #begun = false;
  /** Why the lab ended k6; undefined while it is to run. */
  #ending: 'stop' | 'kill' | undefined;
  #disposal: Promise<void> | undefined;

  constructor(request: LoadRequest, files: K6Files, run: K6Run) {
    this.#request = request;
    this.#files = files;
    this.#run = run;
    this.#reader = new RequestReader(files.console, request);
    this.firstRequest = this.#first.promise;
    // A trial may end for another reason before anyone waits for the first request.
    this.firstRequest.catch(() => undefined);
    if (request.heldUntil === undefined) this.#event('starting');
    else void request.heldUntil.then(() => this.#event('starting'));
    this.#finished = this.#follow();
    // Whoever ends the load gets this error; until then it is a reason to end the trial.
    this.#finished.catch((error: unknown) => this.#break(error));
  }

  get pid(): number | undefined {
    return this.#run.pid;
  }

  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  get clock(): ClockOffset {
    return this.#clock;
  }

  usage(): Promise<ProcessUsage | undefined> {
    return this.#run.usage();
  }

  pressure(): LoadPressure {
    const { requests } = this.#reader;
    return { openRequests: requests.count, activeUsers: requests.users };
  }

  async settled(sinceMs: number): Promise<void> {
    const { plan, originMs } = this.#request;
    const clocks = readClocks();
    const { offsetMs, uncertaintyMs } = this.#clock;
    const epochMs = originMs + sinceMs - clocks.monotonicMs + clocks.epochMs;
    // k6 writes whole milliseconds, so what it sent in the millisecond of `sinceMs` counts as sent before.
    const sinceEpochMs = Math.floor(epochMs + offsetMs + uncertaintyMs);
    const users = persistentUsers(plan);
    const deadlineMs = monotonicMs() + plan.requestTimeoutMs + timeouts.settleMarginMs;
    const { requests } = this.#reader;
    while (monotonicMs() < deadlineMs && this.#ending === undefined) {
      this.broken.throwIfAborted();
      if (requests.noneOpenFrom(sinceEpochMs) && requests.everyConnectionUsedAfter(sinceEpochMs, users))
        return;
      await sleep(pollMs);
    }
  }

  async stop(): Promise<void> {
    if (this.#ending === undefined && !this.broken.aborted) await this.#interrupt();
    const patience = new AbortController();
    const late = sleep(timeouts.loadStopMs, 'late', { signal: patience.signal }).catch(() => 'ended');
    if ((await Promise.race([this.#finished, late])) === 'late') {
      this.#problem(
        'load-died',
        `k6 did not end within ${timeouts.loadStopMs / 1000} s of SIGINT and was killed`,
      );
      await this.#run.kill();
    }
    patience.abort();
    await this.#finished;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.#ending ??= 'kill';
    const killed = this.#run.kill().then(() => undefined, messageOf);
    await this.#finished;
    const failure = await killed;
    // Not thrown: it would stand before the reason for which a trial ends, e.g. that its cluster has gone.
    if (failure !== undefined) this.#problem('load-left', `k6 could not be removed: ${failure}`);
  }

  async #interrupt(): Promise<void> {
    // Before it is told to end: its clock ends with it. Without this reading there is the first one.
    await this.#noteClock().catch(() => undefined);
    this.#ending = 'stop';
    this.#event('stopping');
    try {
      await this.#run.interrupt();
    } catch (error) {
      this.#problem('load-died', `k6 could not be told to end and was killed: ${messageOf(error)}`);
      await this.#run.kill();
    }
  }

  /** Records what k6 writes until it ends, then how it ended. */
  async #follow(): Promise<void> {
    await using reader = this.#reader;
    let ending: Ending | undefined;
    const ended = this.#run.ended.then((value) => {
      ending = value;
    });
    try {
      while (ending === undefined) {
        await reader.read();
        if (reader.begun && !this.#begun) this.#begin();
        if (reader.garbledLines > 0)
          this.#break(new LabError('load-garbled', 'k6 wrote what cannot be read'));
        await Promise.race([sleep(pollMs), ended]);
      }
      await reader.readToEnd();
    } catch (error) {
      this.#fail('load-died', `the records of k6 could not be read: ${messageOf(error)}`);
      // Disposal does it again, and says so when it fails.
      await this.#run.kill().catch(() => undefined);
    }
    await this.#finish(await this.#run.ended);
  }

  #begin(): void {
    this.#begun = true;
    this.#noteClock().then(
      () => this.#first.resolve(undefined),
      (error: unknown) => {
        // It will not hear SIGINT either.
        if (this.#ending === undefined)
          this.#fail('load-failed', `k6 cannot be reached: ${messageOf(error)}`);
      },
    );
  }

  async #noteClock(): Promise<void> {
    const sample = await this.#run.readClock();
    if (sample === undefined) return;
    const { monotonicMs: readMs, ...offset } = sample;
    this.#clock = offset;
    const atMs = roundMs(readMs - this.#request.originMs);
    this.#request.record({ type: 'podClock', atMs, ...offset });
  }

  async #finish(ending: Ending): Promise<void> {
    const { counts, begun } = this.#reader;
    const { exitCode, detail } = ending;
    this.#event('ended', { exitCode: exitCode ?? null, detail, ...(counts && { counts }) });
    if (begun) this.#first.resolve(undefined);
    const inOrder = exitCode === endedBySignal || (exitCode === undefined && counts !== undefined);
    const asked = this.#ending === 'kill' || (this.#ending === 'stop' && inOrder);
    if (!asked) return this.#died(ending);
    this.#first.reject(new LabError('load-failed', 'k6 was ended before its first request'));
    if (this.#ending === 'stop' && this.#reader.garbledLines === 0) {
      await rm(this.#files.console, { force: true });
    }
  }

  async #died({ detail, started }: Ending): Promise<void> {
    const output = await lastLines(this.#files.log, shownLines);
    const ended = this.#ending === 'stop' ? 'did not end as asked' : 'ended by itself';
    const lines = [
      `k6 ${started || this.#reader.begun ? ended : 'did not start'}: ${detail}`,
      `  log: ${this.#files.log}`,
      ...output.map((line) => `    ${line}`),
    ];
    this.#fail('load-died', lines.join('\n'));
  }

  /** Records a problem and ends the load with it. */
  #fail(code: string, message: string): void {
    const error = new LabError('load-failed', message);
    this.#problem(code, message);
    this.#first.reject(error);
    this.#break(error);
  }

  #break(reason: unknown): void {
    if (!this.broken.aborted) this.#broken.abort(reason);
  }

  #event(event: LoadRecord['event'], more: Partial<LoadRecord> = {}): void {
    this.#request.record({ type: 'load', atMs: this.#nowMs(), event, ...more });
  }

  #problem(code: string, detail: string): void {
    this.#request.record({ type: 'problem', atMs: this.#nowMs(), code, detail });
  }

  #nowMs(): number {
    return roundMs(monotonicMs() - this.#request.originMs);
  }
}
