import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit } from '../../support/exit-meaning.ts';
import { unlessAborted } from '../../support/interrupt.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { ProbeHeader, ProbeRecord } from '../../timeline/probe-records.ts';
import { untilAnswering, warmUp } from '../answering.ts';
import { endedBeforeSigterm, Lifetime } from '../lifetime.ts';
import type { ProbeContext, ProbeTarget } from '../target.ts';
import { probeTimes } from '../times.ts';
import { startSweepProcess } from './client.ts';

/** A server whose first process the sweep can signal by itself. */
export interface SweepTarget extends ProbeTarget {
  readonly pid: number;
  /** The sweep polls the clock, and a server on the same processor would have to wait for it. */
  keepToOneProcessor(): Promise<void>;
}

/**
 * Records a sweep: one request on each idle connection of the header at its moment before or after SIGTERM.
 * It is over 1 s after the last request was answered or lost, at the server's exit or when grace is over; the
 * server is dead when it resolves. What goes wrong with the server, and an interrupt, is a `problem` record; it
 * throws only when the lab itself failed. Its SIGTERM follows `beforeTerminate` within 0.1 s.
 */
export async function recordSweep(
  target: SweepTarget,
  header: ProbeHeader,
  context: ProbeContext,
): Promise<void> {
  context.record(header);
  const seen: ProbeRecord[] = [];
  try {
    await sweep(target, header, { ...context, record: (record) => seen.push(record) });
  } finally {
    noticeEarlyExit(seen);
    // Two processes saw them, with one clock.
    for (const record of seen.toSorted((one, other) => timeOf(one) - timeOf(other))) context.record(record);
  }
}

async function sweep(target: SweepTarget, header: ProbeHeader, context: ProbeContext): Promise<void> {
  const { host, port, pid } = target;
  const address = { host, port };
  const lifetime = new Lifetime(target, context);
  await using sweeper = startSweepProcess(context.record);
  const failed = AbortSignal.any([lifetime.failed, sweeper.broken]);
  try {
    await lifetime.during(async () => {
      const limitMs = context.answeringLimitMs ?? probeTimes.answeringLimitMs;
      await unlessAborted(untilAnswering(address, limitMs, failed), failed);
      lifetime.answering();
      await unlessAborted(warmUp(address, failed), failed);
      await target.keepToOneProcessor();
      const { originMs } = lifetime;
      sweeper.send({ command: 'prepare', address, pid, originMs, connections: header.connections });
      await unlessAborted(sweeper.said('prepared'), failed);
      // An exit that all connections have shown already is known by then.
      await unlessAborted(sleep(probeTimes.afterExitMs), failed);
      await unlessAborted(context.beforeTerminate(), failed);
      lifetime.terminating();
      sweeper.send({ command: 'begin' });
      const grace = sweeper
        .said('sent')
        .then(() => sleep(header.graceMs, 'grace was over', { signal: failed, ref: false }));
      const settled = sweeper.said('settled').then(() => 'the session was over');
      return await unlessAborted(Promise.race([lifetime.exited.then(() => ''), settled, grace]), failed);
    });
    await sleep(probeTimes.afterExitMs);
    sweeper.send({ command: 'end' });
    const over = AbortSignal.any([sweeper.broken, AbortSignal.timeout(timeouts.reapMs)]);
    await unlessAborted(sweeper.said('over'), over);
  } finally {
    lifetime.close();
  }
}

/** The lab can only tell by the records whether SIGTERM, sent by another process, was the first. */
function noticeEarlyExit(seen: ProbeRecord[]): void {
  const steps = seen.filter((record) => 'event' in record);
  const exit = steps.find(({ event }) => event === 'exited');
  const sigterm = steps.find(({ event }) => event === 'sigterm');
  const known = seen.some((record) => 'code' in record);
  if (!exit || known || (sigterm && sigterm.atMs <= exit.atMs)) return;
  const { atMs, exitCode, signal } = exit;
  const { code, message: detail } = endedBeforeSigterm(
    describeExit(exitCode ?? undefined, signal ?? undefined),
  );
  seen.push({ type: 'problem', atMs, code, detail });
}

function timeOf(record: ProbeRecord): number {
  if (Array.isArray(record)) return record[1];
  return record.type === 'header' ? 0 : record.atMs;
}
