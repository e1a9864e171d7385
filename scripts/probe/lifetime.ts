import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, roundMs } from '../support/clock.ts';
import { describeExit } from '../support/exit-meaning.ts';
import { timeouts } from '../support/timeouts.ts';
import type { ProbeProcessRecord, ProbeRecord } from '../timeline/probe-records.ts';
import type { ProbeContext, ProbeTarget } from './target.ts';

/** Something that keeps a session from showing anything and is no fault of the lab: it becomes a `problem` record. */
export class SessionProblem extends Error {
  readonly code: 'not-answering' | 'ended-before-sigterm' | 'interrupted';

  constructor(code: SessionProblem['code'], message: string) {
    super(message);
    this.name = 'SessionProblem';
    this.code = code;
  }
}

/** The server ended while nobody had asked it to; `how` says with what exit code or signal. */
export function endedBeforeSigterm(how: string): SessionProblem {
  return new SessionProblem('ended-before-sigterm', `The server ended before it was asked to: ${how}.`);
}

/**
 * The server's process from the beginning of a session to its end: it records what happens to it, and tells when
 * that makes the session pointless.
 */
export class Lifetime {
  /** Monotonic milliseconds that are 0 in session time. */
  readonly originMs = monotonicMs();
  /**
   * Aborted with a SessionProblem when the session was interrupted or the process ended before SIGTERM, and with
   * another error when the lab cannot tell what became of the process.
   */
  readonly failed: AbortSignal;
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
  readonly #target: ProbeTarget;
  readonly #record: (record: ProbeRecord) => void;
  readonly #failing = new AbortController();
  #answering = false;
  #terminated = false;
  #ended = false;
  #closed = false;

  constructor(target: ProbeTarget, context: ProbeContext) {
    this.#target = target;
    this.#record = context.record;
    this.failed = this.#failing.signal;
    const interrupted = () => {
      this.#failing.abort(new SessionProblem('interrupted', 'The session was interrupted.'));
    };
    if (context.signal.aborted) interrupted();
    else context.signal.addEventListener('abort', interrupted, { once: true });
    this.#event('started');
    this.exited = target.exited.then(({ exitCode, signal }) => {
      context.signal.removeEventListener('abort', interrupted);
      this.#ended = true;
      this.#event('exited', { exitCode, signal });
      if (!this.#terminated) this.#endedTooEarly(describeExit(exitCode ?? undefined, signal ?? undefined));
    });
    this.exited.catch((error: unknown) => this.#failing.abort(error));
  }

  /** Session time in milliseconds. */
  now(): number {
    return roundMs(monotonicMs() - this.originMs);
  }

  /** The first request has been answered. */
  answering(): void {
    this.#answering = true;
    this.#event('answering');
  }

  /** SIGTERM is about to be sent: from here on the end of the process is what is looked for. */
  terminating(): void {
    this.#terminated = true;
  }

  /** Sends SIGTERM. */
  terminate(): void {
    this.terminating();
    this.#target.watchListener(() => this.#event('listenerClosed'));
    this.#event('sigterm');
    this.#target.terminate();
  }

  /**
   * Does the work of a session and sees to it that the process has ended after it. The work tells why a process
   * that is still there is killed. A SessionProblem is recorded, every other failure is thrown.
   */
  async during(work: () => Promise<string>): Promise<void> {
    let why = 'the session was ended';
    try {
      why = await work();
    } catch (error) {
      // What a step was stopped by says more than that it was stopped.
      const reason: unknown = this.failed.aborted ? this.failed.reason : error;
      if (!(reason instanceof SessionProblem)) throw reason;
      const { code, message } = reason;
      this.#record({ type: 'problem', atMs: this.now(), code, detail: message });
    } finally {
      await this.#end(why);
    }
  }

  /** Nothing is recorded from here on: a process that could not be killed may end at any time. */
  close(): void {
    this.#closed = true;
  }

  async #end(why: string): Promise<void> {
    if (this.#ended) return;
    this.#terminated = true;
    this.#event('sigkill', { detail: why });
    this.#target.kill();
    await Promise.race([this.exited, sleep(timeouts.reapMs, undefined, { ref: false })]);
  }

  #endedTooEarly(how: string): void {
    this.#failing.abort(
      this.#answering
        ? endedBeforeSigterm(how)
        : new SessionProblem('not-answering', `The server ended before it answered any request: ${how}.`),
    );
  }

  #event(event: ProbeProcessRecord['event'], more: Partial<ProbeProcessRecord> = {}): void {
    if (!this.#closed) this.#record({ type: 'process', atMs: this.now(), event, ...more });
  }
}
