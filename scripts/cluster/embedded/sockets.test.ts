import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { watchListeners } from './listeners.ts';
import { processTree, proportionalBytes, residentBytes } from './processes.ts';
import { listeningAddresses, readableAddress } from './sockets.ts';

test.each([
  ['0900407F:1F90', '127.64.0.9:8080'],
  ['00000000:0050', '0.0.0.0:80'],
  ['0000000000000000FFFF00000900407F:1F90', '127.64.0.9:8080'],
  ['00000000000000000000000000000000:1F90', '[::]:8080'],
  ['00000000000000000000000001000000:1F90', '[0000:0000:0000:0000:0000:0000:0000:0001]:8080'],
])('%s is %s', (written, readable) => expect(readableAddress(written)).toBe(readable));

describe.skipIf(!watchListeners().available)('of this process', () => {
  test('the listening addresses are found', async () => {
    const server = createServer().listen(0, '127.77.1.2');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(listeningAddresses([process.pid])).toContain(`127.77.1.2:${String(port)}`);
    server.close();
    await once(server, 'close');
    expect(listeningAddresses([process.pid])).not.toContain(`127.77.1.2:${String(port)}`);
  });

  test('memory is known, and not more when shared pages count once', () => {
    const pids = processTree(process.pid);
    expect(pids).toContain(process.pid);
    expect(residentBytes(pids)).toBeGreaterThan(10 * 1024 * 1024);
    expect(proportionalBytes(pids)).toBeGreaterThan(1024 * 1024);
    expect(proportionalBytes(pids)).toBeLessThanOrEqual(residentBytes(pids) * 1.5);
  });

  test('nothing is known of a process that is gone', () => {
    expect(listeningAddresses([2 ** 22 + 1])).toEqual([]);
    expect(residentBytes([2 ** 22 + 1])).toBe(0);
  });
});
