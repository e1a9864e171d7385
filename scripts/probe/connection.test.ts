import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ProbeConnectionRecord } from '../timeline/probe-records.ts';
import { ProbeConnection } from './connection.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A connection to a server that does this with it, and what it records. */
async function connectionTo(
  handle: (socket: Socket) => void,
): Promise<{ connection: ProbeConnection; seen: ProbeConnectionRecord[]; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const seen: ProbeConnectionRecord[] = [];
  let time = 0;
  const wire = {
    address: { host: '127.0.0.1', port },
    now: () => time++,
    record: (record: ProbeConnectionRecord) => seen.push(record),
  };
  return { connection: new ProbeConnection(7, wire), seen, server };
}

const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx';
const response = (head = '') => `HTTP/1.1 200 OK\r\n${head}Content-Length: 2\r\n\r\nok`;
const kinds = (seen: ProbeConnectionRecord[]) =>
  seen.map((record) => [record[0], ...record.slice(3)].join(' '));

async function exchange(connection: ProbeConnection): Promise<void> {
  connection.dial();
  await connection.connected();
  connection.send('request', request);
  await connection.answered();
}

test('a request and its answer, one record after the other, with times and the number of the connection', async () => {
  const { connection, seen } = await connectionTo((socket) => {
    socket.on('data', () => socket.write(response()));
  });
  await exchange(connection);
  expect(seen).toEqual([
    ['dial', 0, 7],
    ['connected', 1, 7],
    ['sent', 2, 7, 'request', request],
    ['received', 3, 7, response()],
  ]);
  expect(connection.reusable).toBe(true);
  connection.close();
  connection.close();
  expect(seen.slice(4)).toEqual([['closed', 4, 7]]);
  expect(connection.reusable).toBe(false);
});

describe('the end of a connection is recorded as what it was', () => {
  const ways: { name: string; handle: (socket: Socket) => void; expected: string[] }[] = [
    {
      name: 'FIN is answered at once',
      handle: (socket) => socket.on('data', () => socket.end()),
      expected: ['fin', 'closed'],
    },
    {
      name: 'an answer and FIN',
      handle: (socket) => socket.on('data', () => socket.end(response())),
      expected: [`received ${response()}`, 'fin', 'closed'],
    },
    {
      name: 'RST',
      handle: (socket) => socket.on('data', () => socket.resetAndDestroy()),
      expected: ['error ECONNRESET'],
    },
  ];
  test.each(ways)('$name', async ({ handle, expected }) => {
    const { connection, seen } = await connectionTo(handle);
    await exchange(connection);
    await expect.poll(() => connection.ended).toBe(true);
    expect(kinds(seen).slice(3)).toEqual(expected);
    expect(connection.reusable).toBe(false);
  });

  test('a refused one', async () => {
    const { connection, seen, server } = await connectionTo(() => undefined);
    server.close();
    await once(server, 'close');
    await exchange(connection);
    expect(kinds(seen)).toEqual(['dial', 'error ECONNREFUSED']);
  });
});

test('an answer that announces the end makes the connection useless for another request', async () => {
  const { connection } = await connectionTo((socket) => {
    socket.on('data', () => socket.write(response('Connection: close\r\n')));
  });
  await exchange(connection);
  expect(connection.answer?.closeAnnounced).toBe(true);
  expect(connection.reusable).toBe(false);
});

test('whoever waits for an answer learns that there will be none', async () => {
  const { connection, seen } = await connectionTo((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Le'));
  });
  connection.dial();
  await connection.connected();
  connection.send('request', request);
  await expect.poll(() => seen.length).toBe(4);
  const answered = connection.answered();
  connection.close();
  await answered;
  expect(connection.answer?.phase).toBe('head');
});

test('nothing is sent on a connection that has ended, or is not there yet', async () => {
  const { connection, seen } = await connectionTo((socket) => socket.end());
  connection.send('request', request);
  connection.dial();
  connection.send('request', request);
  await expect.poll(() => connection.ended).toBe(true);
  connection.send('request', request);
  connection.dial();
  expect(kinds(seen)).toEqual(['dial', 'connected', 'fin', 'closed']);
});

test('bytes are kept one by one, whatever they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const { connection, seen } = await connectionTo((socket) => socket.on('data', () => socket.end(bytes)));
  await exchange(connection);
  await expect.poll(() => connection.ended).toBe(true);
  const received = seen.flatMap((record) => (record[0] === 'received' ? [record[3]] : []));
  expect(Buffer.from(received.join(''), 'latin1')).toEqual(bytes);
});

test('a body without end is read on and not recorded on', async () => {
  const chunk = Buffer.alloc(1 << 16, 'x');
  const { connection, seen } = await connectionTo((socket) => {
    socket.on('data', () => {
      const write = () => {
        while (socket.writable && socket.write(chunk));
      };
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.on('drain', write);
      write();
    });
  });
  connection.dial();
  await connection.connected();
  connection.send('request', request);
  await expect.poll(() => connection.answer?.bodyBytes, { timeout: 30_000 }).toBeGreaterThan(3 << 20);
  connection.close();
  const recorded = seen.reduce((sum, record) => sum + (record[0] === 'received' ? record[3].length : 0), 0);
  expect(recorded).toBe(1 << 20);
});
