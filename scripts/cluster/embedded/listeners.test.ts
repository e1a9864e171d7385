import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { until } from '../../support/testing/until.ts';
import { makeAddresses, makeOwnPorts } from './addresses.ts';
import { kernelNames, watchListeners } from './listeners.ts';

test('names an address as the kernel prints it', () => {
  expect(kernelNames({ host: '127.64.0.9', port: 8080 })).toEqual({
    tcp: '0900407F:1F90 00000000:0000 0A',
    tcp6: '0000000000000000FFFF00000900407F:1F90 00000000000000000000000000000000:0000 0A',
  });
});

describe.skipIf(!watchListeners().available)('the watch', () => {
  test.each([
    ['an IPv4 socket', (host: string) => host],
    ['an IPv4 address on an IPv6 socket, as JVMs open it', (host: string) => `::ffff:${host}`],
  ])('tells begin and end of %s', async (_, bind) => {
    const address = await makeAddresses().next(8080);
    const changes: boolean[] = [];
    const watch = watchListeners().watch(address, (listening) => changes.push(listening));
    const server = createServer().listen(address.port, bind(address.host));
    await once(server, 'listening');
    await until('the change is seen', () => changes.length === 1);
    watch.closely();
    server.close();
    await until('the change is seen', () => changes.length === 2);
    watch.stop();
    expect(changes).toEqual([true, false]);
  });

  test.each(['0.0.0.0', '::', '127.0.0.1'])('of a port at any address finds %s', async (bind) => {
    const address = await makeOwnPorts().next();
    const changes: boolean[] = [];
    const watch = watchListeners().watch({ ...address, anyHost: true }, (now) => changes.push(now));
    const server = createServer().listen(address.port, bind);
    await once(server, 'listening');
    await until('the change is seen', () => changes.length === 1);
    server.close();
    await until('the change is seen', () => changes.length === 2);
    watch.stop();
    expect(changes).toEqual([true, false]);
  });
});
