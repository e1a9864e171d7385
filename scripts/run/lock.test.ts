import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { lockMachine, lockPlace, type LockPlace } from './lock.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Listens where the system likes, answering as told. */
async function listening(answer: (socket: Socket) => void = () => undefined): Promise<LockPlace> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function freePort(): Promise<LockPlace> {
  const place = await listening();
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return place;
}

const places: [string, () => Promise<LockPlace>][] = [['a port', freePort]];
if (process.platform === 'linux') {
  places.push(['a name of the kernel', () => Promise.resolve({ path: `\0lab-test-${randomUUID()}` })]);
}

describe.each(places)('held by %s', (_, makePlace) => {
  test('the second is told who the first is, and is let in when that has gone', async () => {
    const place = await makePlace();
    const first = await lockMachine('/results/runs/first', place);
    const refused: unknown = await lockMachine('/results/runs/second', place).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: 'machine-busy', exitCode: 3 });
    const { message } = refused as Error;
    expect(message).toContain(`process ${process.pid} of `);
    expect(message).toMatch(/since \d{4}-\d\d-\d\dT/);
    expect(message).toContain('run folder /results/runs/first');
    expect(message).toContain(`kill -INT ${process.pid}`);
    first[Symbol.dispose]();
    const second = await lockMachine('/results/runs/second', place);
    second[Symbol.dispose]();
  });

  test('one of many that start together gets it', async () => {
    const place = await makePlace();
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => lockMachine(`/run/${index}`, place)),
    );
    const held = tries.filter(({ status }) => status === 'fulfilled');
    expect(held).toHaveLength(1);
    for (const attempt of tries) if (attempt.status === 'fulfilled') attempt.value[Symbol.dispose]();
  });
});

test.each<[string, (socket: Socket) => void]>([
  ['talks nonsense', (socket) => socket.end('hello')],
  ['answers another document', (socket) => socket.end('null')],
  ['hangs up', (socket) => socket.destroy()],
])('what %s holds the place all the same', async (_, answer) => {
  await expect(lockMachine('/run', await listening(answer))).rejects.toThrow(
    'It does not say which one it is.',
  );
});

test('the place is the same each time', () => {
  expect(lockPlace()).toEqual(lockPlace());
});
