import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Address } from './balancer/messages.ts';
import { processTree } from './processes.ts';

const listenState = '0A';

/** `0900407F:1F90` of `/proc/net/tcp` as `127.64.0.9:8080`; the words are in host order. */
export function readableAddress(written: string): string {
  const [host = '', port = ''] = written.split(':');
  const words = host.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  // IPv4, or an IPv4 address mapped into IPv6.
  const mapped = bytes.length === 16 && /^0{16}FFFF0000/.test(host);
  const shown = bytes.length === 4 || mapped ? bytes.slice(-4).join('.') : `[${shortened(bytes)}]`;
  return `${shown}:${String(Number.parseInt(port, 16))}`;
}

function shortened(bytes: number[]): string {
  if (bytes.every((byte) => byte === 0)) return '::';
  return Buffer.from(bytes).toString('hex').match(/.{4}/g)?.join(':') ?? '';
}

/** Listening sockets of the machine: address by the number of their inode. */
function listening(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of unlessGone('', () => readFileSync(file, 'utf8')).split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === listenState) found.set(fields[9] ?? '', readableAddress(fields[1] ?? ''));
    }
  }
  return found;
}

/** Processes end and descriptors are closed while they are looked at; it is only for a better message. */
function unlessGone<Value>(otherwise: Value, read: () => Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${String(pid)}/fd`;
  return unlessGone([], () => readdirSync(folder)).flatMap((name) => {
    const target = unlessGone('', () => readlinkSync(`${folder}/${name}`));
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    return inode === undefined ? [] : [inode];
  });
}

/** Addresses on which these processes listen; none where the kernel does not tell. */
export function listeningAddresses(pids: number[]): string[] {
  const all = listening();
  const addresses = pids.flatMap(socketsOf).flatMap((inode) => all.get(inode) ?? []);
  return [...new Set(addresses)];
}

/** Where a pod listens instead of at its address, in words; undefined when that is not known to be so. */
export function listensElsewhere(firstProcess: number, { host, port }: Address): string | undefined {
  const addresses = firstProcess === 0 ? [] : listeningAddresses(processTree(firstProcess));
  if (addresses.length === 0) return undefined;
  return `it listens on ${addresses.join(' and ')} instead of ${host}:${String(port)} and must obey HOST and PORT`;
}
