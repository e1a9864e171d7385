/**
 * The process of a sweep: nothing but its connections and the clock, so that each request leaves when it is due.
 * It sends SIGTERM itself, between two requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, roundMs } from '../../support/clock.ts';
import { systemCodeOf } from '../../support/errors.ts';
import type { ProbeRecord } from '../../timeline/probe-records.ts';
import { ProbeConnection } from '../connection.ts';
import { prepareIdle, type PlannedConnection } from '../preparation.ts';
import { postRequest, type Address } from '../requests.ts';
import { probeTimes } from '../times.ts';
import type { SweepCommand, SweepMessage } from './messages.ts';
import { keepAppointments } from './schedule.ts';

/** A message should not be larger than what one write of a pipe likes to take. */
const recordsPerMessage = 500;
/** So many connections are made at a time. */
const groupSize = 8;

let address: Address = { host: '', port: 0 };
let pid = 0;
let originMs = 0;
let connections: PlannedConnection[] = [];
let records: ProbeRecord[] = [];

const now = () => roundMs(monotonicMs() - originMs);

function send(message: SweepMessage): void {
  if (process.connected) process.send?.(message);
}

function sendRecords(): void {
  const seen = records;
  records = [];
  for (let from = 0; from < seen.length; from += recordsPerMessage)
    send({ message: 'records', records: seen.slice(from, from + recordsPerMessage) });
}

async function prepare(command: SweepCommand & { command: 'prepare' }): Promise<void> {
  ({ address, pid, originMs } = command);
  const wire = { address, now, record: (record: ProbeRecord) => records.push(record) };
  connections = command.connections.map((plan) => ({
    plan,
    connection: new ProbeConnection(plan.id, wire),
    ready: false,
  }));
  await prepareIdle(connections, address, { groupSize, limitMs: probeTimes.sweepPrepareLimitMs });
  sendRecords();
  send({ message: 'prepared' });
}

/** The same requests as the sweep some times without SIGTERM, so that both sides have compiled what they run; then it. */
async function sweep(): Promise<void> {
  for (let rehearsal = 1; rehearsal <= probeTimes.sweepRehearsals; rehearsal += 1) {
    await Promise.race([sendAround('rehearsal'), sleep(probeTimes.prepareLimitMs)]);
    await sleep(probeTimes.sweepRestMs);
  }
  await sendAround('request');
  await sleep(probeTimes.sweepTailMs);
  send({ message: 'settled' });
}

/** Sends one request on each connection at its moment, SIGTERM at moment 0 unless it is a rehearsal, and resolves when all have an answer or none to come. */
async function sendAround(part: 'rehearsal' | 'request'): Promise<void> {
  const request = postRequest(address);
  const ready = connections.filter(({ ready, connection }) => ready && connection.reusable);
  for (const { connection } of ready) connection.pause();
  globalThis.gc?.();
  const earliestMs = Math.min(0, ...ready.map(({ plan }) => plan.actsAfterMs ?? 0));
  const zeroMs = monotonicMs() + probeTimes.sweepLeadMs - earliestMs;
  await keepAppointments([
    ...ready.map(({ plan, connection }) => ({
      atMs: zeroMs + (plan.actsAfterMs ?? 0),
      // A client that has seen FIN sends nothing, so it is looked for just before; all other reading waits.
      prepare: () => connection.resume(),
      act: () => {
        connection.send(part, request);
        connection.pause();
      },
    })),
    ...(part === 'request' ? [{ atMs: zeroMs, act: terminate }] : []),
  ]);
  for (const { connection } of ready) connection.resume();
  if (part === 'request') send({ message: 'sent' });
  await Promise.all(ready.map(({ connection }) => connection.answered()));
}

function terminate(): void {
  records.push({ type: 'process', atMs: now(), event: 'sigterm' });
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It has ended by itself: the lab sees that too.
    if (systemCodeOf(error) !== 'ESRCH') throw error;
  }
}

function end(): void {
  for (const { connection } of connections) connection.close();
  sendRecords();
  send({ message: 'over' });
}

process.on('message', (command: SweepCommand) => {
  switch (command.command) {
    case 'prepare':
      return void prepare(command);
    case 'begin':
      return void sweep();
    case 'end':
      end();
  }
});
// The lab has taken everything, or has gone.
process.on('disconnect', () => process.exit());
