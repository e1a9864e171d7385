import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { makeAddresses } from './addresses.ts';

let close: (() => void) | undefined;

afterEach(() => {
  close?.();
  close = undefined;
});

/** Listens like any other program; port 0 chooses one. */
async function occupy(host: string, port: number): Promise<number> {
  const server = createServer().listen(port, host);
  close = () => server.close();
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

describe.skipIf(process.platform !== 'linux')('loopback addresses', () => {
  test('one that is taken is skipped', async () => {
    const addresses = makeAddresses();
    const first = await addresses.next(8080);
    // The next address is the following one of the same block.
    const taken = first.host.replace(/\d+$/, (last) => String(Number(last) + 1));
    await occupy(taken, 8080);
    const next = await addresses.next(8080);
    expect(next.port).toBe(8080);
    expect([first.host, taken]).not.toContain(next.host);
  });

  test.each(['0.0.0.0', '::'])(
    'a port that is taken on %s is replaced by a free one, always the same',
    async (host) => {
      const port = await occupy(host, 0);
      const addresses = makeAddresses();
      const first = await addresses.next(port);
      const second = await addresses.next(port);
      expect(first.port).not.toBe(port);
      expect(second.port).toBe(first.port);
      expect(second.host).not.toBe(first.host);
      expect((await addresses.next(8080)).port).toBe(8080);
    },
  );
});
