import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, readClocks, roundMs } from '../support/clock.ts';
import { LabError, messageOf, systemCodeOf } from '../support/errors.ts';
import { describeExit } from '../support/exit-meaning.ts';
import { lastLines } from '../support/log-tail.ts';
import { timeouts } from '../support/timeouts.ts';
import type { LoadRecord } from '../timeline/records.ts';
import { k6Files, type K6Files } from './k6-command.ts';
import { readCounts } from './k6-counts.ts';
import { spawnK6, type Ending, type K6Process } from './k6-process.ts';
import type { Load, LoadPressure, LoadRequest } from './load.ts';
import { totalUsers } from './plan.ts';
import { RequestReader } from './request-reader.ts';

const pollMs = 50;
const shownLines = 20;
/** k6 was ended by a signal, as asked (k6, errext/exitcodes). */
const endedBySignal = 105;

/**
 * Starts k6 on the four populations. Resolves when its process runs; throws a LabError `load-failed` when it
 * cannot be started. See `Load` for what follows.
 */
export async function startLoad(request: LoadRequest): Promise<Load> {
  await mkdir(request.folder, { recursive: true });
  const files = k6Files(request.folder);
  for (const file of [files.console, files.log, files.counts]) await rm(file, { force: true });
  const process = await spawnK6(request, files);
  return new K6Load(request, files, process);
}

class K6Load implements Load {
  readonly pid: number;
  readonly firstRequest: Promise<undefined>;
  readonly #request: LoadRequest;
  readonly #files: K6Files;
  readonly #process: K6Process;
  readonly #reader: RequestReader;
  readonly #first = Promise.withResolvers<undefined>();
  readonly #broken = new AbortController();
  readonly #finished: Promise<void>;
  /** Why the lab ended k6; undefined while it is to run. */
  #ending: 'stop' | 'kill' | undefined;
  /** Its process has been reaped, so that its id may be another's. */
  #over = false;

  constructor(request: LoadRequest, files: K6Files, process: K6Process) {
    this.#request = request;
    this.#files = files;
    this.#process = process;
    this.pid = process.pid;
    this.#reader = new RequestReader(files.console, request);
    this.firstRequest = this.#first.promise;
    // A trial may end for another reason before anyone waits for the first request.
    this.firstRequest.catch(() => undefined);
    this.#event('starting');
    this.#finished = this.#follow();
    // Whoever ends the load gets this error; until then it is a reason to end the trial.
    this.#finished.catch((error: unknown) => this.#break(error));
  }

  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  pressure(): LoadPressure {
    const { requests } = this.#reader;
    return { openRequests: requests.count, activeUsers: requests.users };
  }

  async settled(sinceMs: number): Promise<void> {
    const { plan, originMs } = this.#request;
    const clocks = readClocks();
    // k6 writes whole milliseconds, so what it sent in the millisecond of `sinceMs` counts as sent before.
    const sinceEpochMs = Math.floor(originMs + sinceMs - clocks.monotonicMs + clocks.epochMs);
    const users = totalUsers(plan);
    const deadlineMs = monotonicMs() + plan.requestTimeoutMs + timeouts.settleMarginMs;
    const { requests } = this.#reader;
    while (monotonicMs() < deadlineMs && this.#ending === undefined) {
      this.broken.throwIfAborted();
      if (requests.noneOpenFrom(sinceEpochMs) && requests.everyUserBeganAfter(sinceEpochMs, users)) return;
      await sleep(pollMs);
    }
  }

  async stop(): Promise<void> {
    if (this.#ending === undefined && !this.broken.aborted) {
      this.#ending = 'stop';
      this.#event('stopping');
      this.#signal('SIGINT');
    }
    const patience = new AbortController();
    const late = sleep(timeouts.loadStopMs, 'late', { signal: patience.signal }).catch(() => 'ended');
    if ((await Promise.race([this.#finished, late])) === 'late') {
      this.#problem(
        'load-died',
        `k6 did not end within ${timeouts.loadStopMs / 1000} s of SIGINT and was killed`,
      );
      this.#signal('SIGKILL');
    }
    patience.abort();
    await this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= 'kill';
    this.#signal('SIGKILL');
    await this.#finished;
  }

  /** Records what k6 writes until it ends, then how it ended. */
  async #follow(): Promise<void> {
    await using reader = this.#reader;
    let ending: Ending | undefined;
    const ended = this.#process.ended.then((value) => {
      this.#over = true;
      ending = value;
    });
    try {
      while (ending === undefined) {
        await reader.read();
        if (reader.begun) this.#first.resolve(undefined);
        if (reader.garbledLines > 0)
          this.#break(new LabError('load-garbled', 'k6 wrote what cannot be read'));
        await Promise.race([sleep(pollMs), ended]);
      }
      await reader.readToEnd();
    } catch (error) {
      this.#problem('load-died', `the records of k6 could not be read: ${messageOf(error)}`);
      this.#break(error);
      this.#signal('SIGKILL');
    }
    await this.#finish(await this.#process.ended);
  }

  async #finish(ending: Ending): Promise<void> {
    const counts = await readCounts(this.#files.counts);
    const detail = describeExit(ending.exitCode, ending.signal);
    this.#event('ended', { exitCode: ending.exitCode ?? null, detail, ...(counts && { counts }) });
    if (this.#reader.begun) this.#first.resolve(undefined);
    const asked = this.#ending === 'kill' || (this.#ending === 'stop' && ending.exitCode === endedBySignal);
    if (!asked) return this.#died(detail);
    this.#first.reject(new LabError('load-failed', 'k6 was ended before its first request'));
    if (this.#ending === 'stop' && this.#reader.garbledLines === 0) await this.#removeFiles();
  }

  async #died(detail: string): Promise<void> {
    const output = await lastLines(this.#files.log, shownLines);
    const what = this.#ending === 'stop' ? 'did not end as asked' : 'ended by itself';
    const lines = [
      `k6 ${what}: ${detail}`,
      `  log: ${this.#files.log}`,
      ...output.map((line) => `    ${line}`),
    ];
    const error = new LabError('load-failed', lines.join('\n'));
    this.#problem('load-died', error.message);
    this.#first.reject(error);
    this.#break(error);
  }

  async #removeFiles(): Promise<void> {
    for (const file of [this.#files.console, this.#files.counts]) await rm(file, { force: true });
  }

  #break(reason: unknown): void {
    if (!this.broken.aborted) this.#broken.abort(reason);
  }

  #signal(signal: 'SIGINT' | 'SIGKILL'): void {
    if (this.#over) return;
    try {
      // Not execa's kill, which sends SIGKILL some seconds later.
      process.kill(this.pid, signal);
    } catch (error) {
      if (systemCodeOf(error) !== 'ESRCH') throw error;
    }
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
