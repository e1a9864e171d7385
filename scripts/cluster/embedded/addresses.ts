import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LabError, systemCodeOf } from '../../support/errors.ts';
import type { Address } from './balancer/messages.ts';

/** Gives every pod and every Service an address nobody else listens on. */
export interface Addresses {
  /** With another port only where this one cannot be had. */
  next(port: number): Promise<Address>;
}

/** Single addresses may be taken; when so many in a row are, the port is taken on all. */
const attempts = 50;

/** Opens and closes a listening socket; the system code of what stands in the way, or undefined. */
function obstacle(address: Address): Promise<{ code: string | undefined; port: number }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve({ code: systemCodeOf(error) ?? 'ERROR', port: 0 }));
    server.listen({ ...address, exclusive: true }, () => {
      const bound = server.address();
      server.close(() =>
        resolve({ code: undefined, port: typeof bound === 'object' && bound ? bound.port : 0 }),
      );
    });
  });
}

/** 127.x.y.z, never given twice; the first is drawn, so that two labs on one machine seldom try the same. */
function loopback(): Addresses {
  const second = randomInt(64, 255);
  let last = randomInt(250 * 256);
  /** Ports that are taken on every address, as by a server on 0.0.0.0, and what is used instead. */
  const instead = new Map<number, number>();
  const nextHost = () => {
    last += 1;
    return `127.${String(second)}.${String(Math.floor(last / 250) % 256)}.${String((last % 250) + 1)}`;
  };

  const search = async (wanted: number): Promise<Address | string> => {
    const port = instead.get(wanted) ?? wanted;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const host = nextHost();
      const { code } = await obstacle({ host, port });
      if (code === undefined) return { host, port };
      if (code !== 'EADDRINUSE') return code;
    }
    return 'EADDRINUSE';
  };

  return {
    async next(port) {
      const found = await search(port);
      if (typeof found !== 'string') return found;
      const host = nextHost();
      const free = found === 'EADDRINUSE' ? await obstacle({ host, port: 0 }) : { code: found, port: 0 };
      if (free.code === undefined) {
        instead.set(port, free.port);
        return { host, port: free.port };
      }
      throw new LabError(
        'no-address',
        `No loopback address can listen on port ${String(port)}: ${free.code}. Choose another port in the manifest or stop what uses it.`,
      );
    },
  };
}

/** Where 127.0.0.1 is the only loopback address: free ports instead. */
function ports(): Addresses {
  return {
    async next() {
      const { code, port } = await obstacle({ host: '127.0.0.1', port: 0 });
      if (code === undefined) return { host: '127.0.0.1', port };
      throw new LabError('no-address', `127.0.0.1 cannot be listened on: ${code}.`);
    },
  };
}

/** Loopback addresses on Linux, where all of 127.0.0.0/8 is there; ports of 127.0.0.1 elsewhere. */
export function makeAddresses(): Addresses {
  return process.platform === 'linux' ? loopback() : ports();
}

/** Below the ports that systems give to outgoing connections, which could take one before the server does. */
const ownPorts = { from: 10_000, to: 20_000 };

/**
 * Ports of 127.0.0.1 that nobody has at any address, each given once: for servers that know a port only, wherever
 * they listen.
 */
export function makeOwnPorts(): { next(): Promise<Address> } {
  let port = randomInt(ownPorts.from, ownPorts.to);
  return {
    async next() {
      for (let attempt = ownPorts.from; attempt < ownPorts.to; attempt += 1) {
        port = port + 1 < ownPorts.to ? port + 1 : ownPorts.from;
        const given = port;
        const { code } = await obstacle({ host: '0.0.0.0', port: given });
        if (code === undefined) return { host: '127.0.0.1', port: given };
      }
      throw new LabError('no-address', 'No port from 10000 to 20000 is free.');
    },
  };
}
