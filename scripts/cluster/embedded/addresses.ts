import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LabError, systemCodeOf } from '../../support/errors.ts';
import type { Address } from './balancer/messages.ts';

/** Gives every pod and every Service an address nobody else listens on. */
export interface Addresses {
  next(port: number): Promise<Address>;
}

const attempts = 200;

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

/** 127.x.y.z, never given twice; x is drawn, so that two labs on one machine seldom try the same. */
function loopback(): Addresses {
  const second = randomInt(64, 255);
  let last = 0;
  return {
    async next(port) {
      let code: string | undefined;
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        last += 1;
        const host = `127.${String(second)}.${String(Math.floor(last / 250) % 256)}.${String((last % 250) + 1)}`;
        ({ code } = await obstacle({ host, port }));
        if (code === undefined) return { host, port };
        if (code !== 'EADDRINUSE') break;
      }
      throw new LabError(
        'no-address',
        `No loopback address can listen on port ${String(port)}: ${String(code)}. Choose another port in the manifest or stop what uses it.`,
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
