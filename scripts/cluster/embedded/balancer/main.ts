/**
 * The Service of the embedded cluster: a TCP balancer in a process of its own, so that neither the lab's
 * work nor its pauses come between client and pod. It chooses a ready endpoint at random for each
 * connection, as kube-proxy's iptables mode does, and reports everything it sees.
 */
import { createServer, type Socket } from 'node:net';
import { monotonicMs, roundMs } from '../../../support/clock.ts';
import type { ConnectionRecord, EndpointRecord } from '../../../timeline/records.ts';
import { Connection } from './connection.ts';
import type { Address, BalancerCommand, BalancerMessage } from './messages.ts';

/** Records travel in batches: one message each would cost more than the balancing. */
const batchMs = 25;

let originMs = 0;
let lastConnection = 0;
const endpoints = new Map<string, Address>();
const limits = { refusedHeadMs: 0, flushBeforeResetMs: 0 };
let batch: (ConnectionRecord | EndpointRecord)[] = [];

const now = () => roundMs(monotonicMs() - originMs);

function send(message: BalancerMessage): void {
  if (process.connected) process.send?.(message);
}

function record(seen: ConnectionRecord | EndpointRecord): void {
  if (batch.length === 0) setTimeout(sendBatch, batchMs);
  batch.push(seen);
}

function sendBatch(): void {
  const records = batch;
  batch = [];
  send({ message: 'records', records });
}

function chooseEndpoint(): { pod: string; address: Address } | undefined {
  const ready = [...endpoints];
  const chosen = ready[Math.floor(Math.random() * ready.length)];
  return chosen && { pod: chosen[0], address: chosen[1] };
}

function accept(client: Socket): void {
  lastConnection += 1;
  new Connection({ id: lastConnection, client, endpoint: chooseEndpoint(), now, record, ...limits });
}

function listen(address: Address): void {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  server.on('error', (error) => send({ message: 'failed', reason: error.message }));
  server.listen({ ...address, backlog: 1024 }, () => send({ message: 'listening' }));
}

process.on('message', (command: BalancerCommand) => {
  switch (command.command) {
    case 'listen':
      originMs = command.originMs;
      limits.refusedHeadMs = command.refusedHeadMs;
      limits.flushBeforeResetMs = command.flushBeforeResetMs;
      listen(command.address);
      break;
    case 'add':
      endpoints.set(command.pod, command.address);
      record({ type: 'endpoint', atMs: now(), pod: command.pod, event: 'added' });
      break;
    case 'remove':
      if (endpoints.delete(command.pod)) {
        record({ type: 'endpoint', atMs: now(), pod: command.pod, event: 'removed' });
      }
      break;
    case 'end':
      process.send?.({ message: 'records', records: batch }, () => process.exit());
      break;
  }
});

// Where there is no parent-death signal, the closed channel tells that the lab is gone.
process.on('disconnect', () => process.exit());
// Ctrl+C in a terminal reaches every process of the group; the lab decides when the balancer ends.
process.on('SIGINT', () => undefined);
