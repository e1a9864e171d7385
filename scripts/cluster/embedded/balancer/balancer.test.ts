import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { monotonicMs } from '../../../support/clock.ts';
import { until } from '../../../support/testing/until.ts';
import { makeAddresses } from '../addresses.ts';
import { startBalancer, type Balancer } from './client.ts';

let balancer: Balancer;
let seen: unknown[][];
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeEach(async () => {
  seen = [];
  const address = await makeAddresses().next(8080);
  balancer = await startBalancer(address, monotonicMs(), (record) => {
    seen.push(Array.isArray(record) ? [...record] : [record.type, 'event' in record ? record.event : '']);
  });
});

afterEach(async () => {
  await balancer[Symbol.asyncDispose]();
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function pod(name: string, handle: (socket: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  balancer.add(name, { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
}

/** Sends these bytes and gives all that comes back, and how it ended. */
async function talk(bytes: string, halfClose = false): Promise<{ received: string; ending: string }> {
  const socket = connect({ ...balancer.address, allowHalfOpen: true });
  sockets.add(socket);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  const ending = new Promise<string>((resolve) => {
    socket.on('end', () => resolve('FIN'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'ERROR'));
  });
  socket.write(bytes);
  if (halfClose) socket.end();
  const result = { received: '', ending: await ending };
  socket.end();
  return { ...result, received };
}

const closed = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));

const request = (id: string) => `GET / HTTP/1.1\r\nX-Rid: ${id}\r\n\r\n`;

async function records(kind: string): Promise<unknown[][]> {
  const found = () => seen.filter((record) => record[0] === kind);
  await until(`a record of ${kind}`, () => found().length > 0);
  return found().map(([, , ...rest]) => rest);
}

describe('the balancer passes on', () => {
  test('an answer and the pod’s FIN', async () => {
    await pod('a', (socket) => socket.once('data', () => socket.end('answer')));
    expect(await talk(request('fresh-get-1'))).toEqual({ received: 'answer', ending: 'FIN' });
    expect(await records('sent')).toEqual([[1, 'fresh-get-1']]);
    expect(await records('accepted')).toEqual([[1, 'a']]);
    expect(await records('ended')).toContainEqual([1, 'pod', 'FIN']);
    expect(await records('closed')).toEqual([[1, request('fresh-get-1').length, 'answer'.length]]);
  });

  test('the pod’s RST as RST', async () => {
    await pod('a', (socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await talk(request('x-1'))).toEqual({ received: '', ending: 'ECONNRESET' });
    expect(await records('ended')).toContainEqual([1, 'pod', 'RST']);
  });

  test('what the pod sent before its RST', async () => {
    await pod('a', (socket) =>
      socket.once('data', () => {
        socket.write('half');
        setTimeout(() => socket.resetAndDestroy(), 100);
      }),
    );
    expect(await talk(request('x-1'))).toEqual({ received: 'half', ending: 'ECONNRESET' });
  });

  test('the client’s FIN, while the answer is still to come', async () => {
    await pod('a', (socket) => socket.on('end', () => socket.end('after your FIN')).resume());
    expect(await talk(request('x-1'), true)).toEqual({ received: 'after your FIN', ending: 'FIN' });
    expect(await records('ended')).toContainEqual([1, 'client', 'FIN']);
  });

  test('the client’s RST', async () => {
    const podSaw = new Promise<string>((resolve) => {
      void pod('a', (socket) => {
        socket.on('data', () => undefined);
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
    });
    await sleep(200);
    const client = connect(balancer.address);
    client.write(request('x-1'));
    await records('sent');
    client.resetAndDestroy();
    expect(await podSaw).toBe('ECONNRESET');
    expect(await records('ended')).toContainEqual([1, 'client', 'RST']);
  });

  test('a large body whole, in both directions', async () => {
    const large = 'x'.repeat(5_000_000);
    await pod('a', (socket) => {
      let bytes = 0;
      socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
      socket.on('end', () => socket.end(`${String(bytes)}${large}`));
    });
    const { received } = await talk(large, true);
    expect(received.length).toBe(large.length + 7);
  });
});

describe('a pod that refuses', () => {
  test('resets the client once its request is known, and names the request', async () => {
    balancer.add('gone', { host: '127.0.0.1', port: 1 });
    expect(await talk(request('fresh-post-7'))).toEqual({ received: '', ending: 'ECONNRESET' });
    expect(await records('refused')).toEqual([[1, 'gone', 'ECONNREFUSED', 'fresh-post-7']]);
    expect(seen.filter(([kind]) => kind === 'sent')).toEqual([]);
  });

  test('waits for a head that comes late', async () => {
    balancer.add('gone', { host: '127.0.0.1', port: 1 });
    const client = connect(balancer.address);
    client.on('error', () => undefined);
    await once(client, 'connect');
    await sleep(150);
    client.write(request('late-1').slice(0, 20));
    await sleep(50);
    client.write(request('late-1').slice(20));
    await closed(client);
    expect(await records('refused')).toEqual([[1, 'gone', 'ECONNREFUSED', 'late-1']]);
  });

  test('resets a silent client without an id', async () => {
    balancer.add('gone', { host: '127.0.0.1', port: 1 });
    const client = connect(balancer.address);
    client.on('error', () => undefined);
    await closed(client);
    expect(await records('refused')).toEqual([[1, 'gone', 'ECONNREFUSED', '']]);
  });
});

test('without an endpoint the client is reset and the record says so', async () => {
  expect((await talk(request('x-1'))).ending).toBe('ECONNRESET');
  expect(await records('refused')).toEqual([[1, '', 'NO_ENDPOINT', 'x-1']]);
});

test('an established connection outlives the removal of its endpoint', async () => {
  await pod('a', (socket) => socket.on('data', () => socket.write('answer')));
  const client = connect(balancer.address);
  client.on('error', () => undefined);
  client.write(request('x-1'));
  await once(client, 'data');
  balancer.remove('a');
  expect((await talk(request('x-2'))).ending).toBe('ECONNRESET');
  client.write(request('x-3'));
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.toString()).toBe('answer');
  client.destroy();
});

test('a balancer that is killed tells so', async () => {
  process.kill(balancer.pid, 'SIGKILL');
  if (!balancer.broken.aborted) await once(balancer.broken, 'abort');
  expect(balancer.broken.reason).toBe('the balancer ended by itself (SIGKILL)');
});

test('an address that is taken is reported', async () => {
  await expect(startBalancer(balancer.address, 0, () => undefined)).rejects.toThrow(
    /^The balancer cannot listen on 127\..*EADDRINUSE/,
  );
});
