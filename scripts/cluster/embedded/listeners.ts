import { openSync, readSync } from 'node:fs';
import type { Address } from './balancer/messages.ts';

/** Tells when the kernel shows, and no longer shows, a listening socket on an address. */
export interface Listeners {
  /** False where the kernel has no such list: then nothing is ever reported. */
  readonly available: boolean;
  /**
   * `closely` polls often enough to time the end of a listener to a few milliseconds. With `anyHost` a socket
   * that listens on the port at all addresses counts, too: only for a port that nobody else has.
   */
  watch(
    address: Address & { anyHost?: boolean },
    onChange: (listening: boolean) => void,
  ): { closely(): void; stop(): void };
}

const relaxedMs = 20;
const closeMs = 4;
const listenState = '0A';

/**
 * How a listening socket on `127.0.0.9:8080` begins in `/proc/net/tcp` and in `tcp6`: local address (bytes
 * in host order) and port in hex, no remote address, state LISTEN. A JVM listens on an IPv6 socket with the
 * IPv4 address mapped into it; both are looked for.
 */
export function kernelNames(address: Address): { tcp: string; tcp6: string } {
  const bytes = address.host.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  const host = bytes.reverse().join('').toUpperCase();
  const port = address.port.toString(16).padStart(4, '0').toUpperCase();
  return {
    tcp: `${host}:${port} ${'0'.repeat(8)}:0000 ${listenState}`,
    tcp6: `0000000000000000FFFF0000${host}:${port} ${'0'.repeat(32)}:0000 ${listenState}`,
  };
}

/** How sockets that listen on the port at all addresses, `0.0.0.0` and `[::]`, begin in the two lists. */
function anyHostNames(port: number): { tcp: string; tcp6: string } {
  const { tcp } = kernelNames({ host: '0.0.0.0', port });
  const zeros = '0'.repeat(32);
  return { tcp, tcp6: tcp.replace(/^0{8}(:\w+) 0{8}/, `${zeros}$1 ${zeros}`) };
}

/** Reads the listening sockets of `/proc/net/tcp` or `tcp6`: they come first, so the rest stays unread. */
class SocketList {
  readonly #descriptor: number;
  readonly #chunk = Buffer.alloc(4096);

  constructor(file: string) {
    this.#descriptor = openSync(file, 'r');
  }

  listening(): string {
    let text = '';
    for (;;) {
      const length = readSync(this.#descriptor, this.#chunk, 0, this.#chunk.length, text.length);
      text += this.#chunk.toString('latin1', 0, length);
      const last = text.slice(text.lastIndexOf('\n', text.lastIndexOf('\n') - 1) + 1);
      if (length === 0 || !last.includes(` ${listenState} `)) return text;
    }
  }
}

/** Both lists, or undefined where the kernel has none. */
function openLists(): { tcp: SocketList; tcp6: SocketList } | undefined {
  try {
    const lists = { tcp: new SocketList('/proc/net/tcp'), tcp6: new SocketList('/proc/net/tcp6') };
    lists.tcp.listening();
    return lists;
  } catch {
    return undefined;
  }
}

interface Watched {
  /** Any of them will do. */
  names: { tcp: string; tcp6: string }[];
  /** The list in which it was found, or undefined while it does not listen. */
  found: 'tcp' | 'tcp6' | undefined;
  closely: boolean;
  onChange: (listening: boolean) => void;
}

/** Watches by polling, only while somebody is watched. */
export function watchListeners(): Listeners {
  const lists = openLists();
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;

  const poll = () => {
    const tcp = lists?.tcp.listening() ?? '';
    // The second list only for those that are not in the first: most polls then cost one read.
    let tcp6: string | undefined;
    for (const entry of watched) {
      let found: Watched['found'];
      if (entry.names.some((names) => tcp.includes(names.tcp))) found = 'tcp';
      else {
        const read = (tcp6 ??= lists?.tcp6.listening() ?? '');
        if (entry.names.some((names) => read.includes(names.tcp6))) found = 'tcp6';
      }
      const changed = (found === undefined) !== (entry.found === undefined);
      entry.found = found;
      if (changed) entry.onChange(found !== undefined);
    }
    schedule();
  };
  const schedule = () => {
    clearTimeout(timer);
    // Once it has closed, nothing more is to be timed.
    const closely = [...watched].some((entry) => entry.closely && entry.found !== undefined);
    timer = watched.size > 0 ? setTimeout(poll, closely ? closeMs : relaxedMs) : undefined;
  };

  return {
    available: lists !== undefined,
    watch(address, onChange) {
      const names = [kernelNames(address), ...(address.anyHost ? [anyHostNames(address.port)] : [])];
      const entry = { names, found: undefined, closely: false, onChange };
      if (lists) watched.add(entry);
      schedule();
      return {
        closely() {
          entry.closely = true;
          schedule();
        },
        stop: () => watched.delete(entry),
      };
    },
  };
}
