import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { LabError, messageOf, systemCodeOf } from '../support/errors.ts';
import { timeouts } from '../support/timeouts.ts';

/** Something that one process at a time can listen on, and that the system takes back when it ends. */
export type LockPlace = { path: string } | { host: string; port: number };

/** The lab that measures now, as it tells whoever asks. */
interface Holder {
  pid: number;
  user: string;
  /** ISO 8601, UTC. */
  since: string;
  /** Of its run. */
  folder: string;
}

/** A holder may end between being found and being asked; its place is then free. */
const attempts = 10;

/**
 * One place for each user and temporary folder. Linux knows sockets by names that are not files (unix(7),
 * abstract sockets), so nothing is left behind after `kill -9`; elsewhere a port of loopback serves.
 */
export function lockPlace(): LockPlace {
  const owner = `${String(process.getuid?.() ?? userName())} ${tmpdir()}`;
  const hash = createHash('sha256').update(owner).digest();
  return process.platform === 'linux'
    ? { path: `\0zero-downtime-lab-${hash.toString('hex').slice(0, 16)}` }
    : { host: '127.0.0.1', port: 20_000 + (hash.readUInt16BE() % 10_000) };
}

/**
 * Keeps other labs from measuring on this machine until it is disposed or the process ends. `folder` is what
 * they are told.
 *
 * @throws LabError `machine-busy` (exit code 3) that names the lab which measures already.
 */
export async function lockMachine(folder: string, place: LockPlace = lockPlace()): Promise<Disposable> {
  const holder: Holder = { pid: process.pid, user: userName(), since: new Date().toISOString(), folder };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const server = await listen(place, holder);
    // Closing gives the place back at once; a client that is still connected does not matter.
    if (server) return { [Symbol.dispose]: () => void server.close() };
    const other = await ask(place);
    if (other !== 'gone') throw machineBusy(other);
  }
  throw machineBusy('silent');
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have a number only.
    return `user ${String(process.getuid?.() ?? 'unknown')}`;
  }
}

/** Listens and tells every caller who holds the place; undefined when somebody else does. */
async function listen(place: LockPlace, holder: Holder): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).unref();
    socket.end(JSON.stringify(holder));
  });
  server.unref();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ ...place, exclusive: true }, resolve);
    });
    return server;
  } catch (error) {
    if (systemCodeOf(error) === 'EADDRINUSE') return undefined;
    throw new LabError('lock-failed', `Cannot keep other labs from measuring: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Who holds the place; `gone` when nobody does any more, `silent` when what answers is not understood. */
async function ask(place: LockPlace): Promise<Holder | 'gone' | 'silent'> {
  const socket = connect(place);
  socket.setTimeout(timeouts.lockAnswerMs, () => socket.destroy(new Error('no answer')));
  try {
    const answer = JSON.parse(await text(socket)) as Partial<Holder> | null;
    const { pid, user, since, folder } = answer ?? {};
    const known = typeof pid === 'number' && [user, since, folder].every((part) => typeof part === 'string');
    return known ? (answer as Holder) : 'silent';
  } catch (error) {
    return ['ECONNREFUSED', 'ENOENT'].includes(systemCodeOf(error) ?? '') ? 'gone' : 'silent';
  }
}

function machineBusy(holder: Holder | 'silent'): LabError {
  const who =
    holder === 'silent'
      ? ['  It does not say which one it is.']
      : [
          `  process ${String(holder.pid)} of ${holder.user}, since ${holder.since}`,
          `  run folder ${holder.folder}`,
        ];
  const end = holder === 'silent' ? '' : `, or end it: kill -INT ${String(holder.pid)}`;
  return new LabError(
    'machine-busy',
    [
      'Another lab measures on this machine, and two at once would disturb each other:',
      ...who,
      `Wait until it has ended${end}`,
    ].join('\n'),
  );
}
