import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { containment } from '../support/contained.ts';
import { messageOf } from '../support/errors.ts';
import { findProgram, isAtLeast } from '../support/program.ts';
import type { Check } from './check.ts';

// `await using` without a flag and types that are stripped.
const lowestNode = '24.0.0';

/** The runtime and the size of this machine. */
export function checkMachine(): Check[] {
  const node = process.versions.node;
  const enough = isAtLeast(node, lowestNode);
  const gibibytes = (totalmem() / 2 ** 30).toFixed(1);
  return [
    {
      area: 'machine',
      name: 'Node.js',
      status: enough ? 'ok' : 'missing',
      detail: enough
        ? `${node} (${process.execPath})`
        : `needs ${lowestNode} or newer, found ${node}: start it as \`npm run doctor\`, which brings its own`,
    },
    {
      area: 'machine',
      name: 'size',
      status: availableParallelism() >= 2 ? 'ok' : 'limited',
      detail: `${availableParallelism()} processors, ${gibibytes} GiB of memory, ${process.platform} on ${process.arch}`,
    },
  ];
}

/** What the embedded cluster stands on. */
export async function checkEmbedded(): Promise<Check[]> {
  const { pidNamespace, parentDeathSignal, reason } = containment();
  const user = process.getuid?.() === 0 ? 'as root' : 'as an ordinary user';
  return [
    checkPrograms(),
    {
      area: 'embedded',
      name: 'PID namespaces',
      status: pidNamespace ? 'ok' : 'limited',
      detail: pidNamespace
        ? `${reason} ${user}: every pod is PID 1, as in a container`
        : `${reason} (tried ${user}): pods are plain processes, recorded as pid1: false`,
    },
    {
      area: 'embedded',
      name: 'parent-death signal',
      status: parentDeathSignal ? 'ok' : 'limited',
      detail: parentDeathSignal
        ? 'nothing outlives the lab, even after kill -9'
        : 'not there: after kill -9 of the lab its processes may go on',
    },
    await checkLoopback(),
    await checkProc(),
  ];
}

function checkPrograms(): Check {
  const absent = ['setpriv', 'unshare', 'nsenter'].filter((name) => findProgram(name) === undefined);
  return {
    area: 'embedded',
    name: 'util-linux',
    status: absent.length === 0 ? 'ok' : 'limited',
    detail: absent.length === 0 ? 'setpriv, unshare and nsenter found' : `not found: ${absent.join(', ')}`,
  };
}

async function checkLoopback(): Promise<Check> {
  const host = '127.77.0.1';
  const common = { area: 'embedded', name: 'loopback addresses' } as const;
  try {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, host, resolve);
    });
    server.close();
    return { ...common, status: 'ok', detail: `${host} can be used: every pod has an address of its own` };
  } catch (error) {
    // Elsewhere only 127.0.0.1 is there at first; on Linux all of 127.0.0.0/8 is.
    return process.platform === 'linux'
      ? { ...common, status: 'missing', detail: messageOf(error) }
      : { ...common, status: 'limited', detail: 'pods share 127.0.0.1 on ports of their own' };
  }
}

async function checkProc(): Promise<Check> {
  const file = '/proc/net/tcp';
  const common = { area: 'embedded', name: file } as const;
  try {
    await access(file, constants.R_OK);
    return {
      ...common,
      status: 'ok',
      detail: 'readable: shows when a pod listens and when it no longer does',
    };
  } catch (error) {
    return {
      ...common,
      status: 'limited',
      detail: `${messageOf(error)}: when a pod listens is not recorded`,
    };
  }
}
