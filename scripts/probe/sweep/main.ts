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
import { keepAppointments, type Appointment } from './schedule.ts';

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

async function sweep(): Promise<void> {
  const request = postRequest(address);
  const ready = connections.filter((planned) => planned.ready);
  const earliestMs = Math.min(0, ...ready.map(({ plan }) => plan.actsAfterMs ?? 0));
  const sigtermAtMs = monotonicMs() + probeTimes.sweepLeadMs - earliestMs;
  const appointments: Appointment[] = ready.map(({ plan, connection }) => ({
    atMs: sigtermAtMs + (plan.actsAfterMs ?? 0),
    act: () => connection.send('request', request),
  }));
  await keepAppointments([...appointments, { atMs: sigtermAtMs, act: terminate }]);
  await Promise.all(ready.map(({ connection }) => connection.answered()));
  await sleep(probeTimes.sweepTailMs);
  send({ message: 'settled' });
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
