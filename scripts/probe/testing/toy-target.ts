import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type {
  ProbeConnectionRecord,
  ProbeHeader,
  ProbeProcessRecord,
  ProbeRecord,
} from '../../timeline/probe-records.ts';
import type { PlannedSession } from '../sessions.ts';
import type { SweepTarget } from '../sweep/sweep.ts';

/** What a test looks at of a process that it started. */
export interface ToyTarget extends SweepTarget {
  /** What was done to it. */
  done: ('SIGTERM' | 'SIGKILL')[];
}

const toyServer = fileURLToPath(new URL('./toy-server.mjs', import.meta.url));

/** Starts the toy server on a port of its own. */
async function startToy(env: { [name: string]: string }): Promise<ToyTarget> {
  const host = '127.0.0.1';
  const port = await freePort(host);
  const child = spawn(process.execPath, [toyServer], {
    env: { ...process.env, HOST: host, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const done: ToyTarget['done'] = [];
  return {
    host,
    port,
    pid: child.pid ?? 0,
    keepToOneProcessor: () => Promise.resolve(),
    done,
    terminate() {
      done.push('SIGTERM');
      child.kill('SIGTERM');
    },
    kill() {
      done.push('SIGKILL');
      child.kill('SIGKILL');
    },
    exited: once(child, 'exit').then(([exitCode, signal]: (number | string | null)[]) => {
      return { exitCode, signal } as { exitCode: number | null; signal: string | null };
    }),
    watchListener: () => undefined,
  };
}

/** Starts toys for a test file, which ends those that are left after each test. */
export function toys() {
  const started: ToyTarget[] = [];
  return {
    async start(env: { [name: string]: string }): Promise<ToyTarget> {
      const target = await startToy(env);
      started.push(target);
      return target;
    },
    async end(): Promise<void> {
      for (const target of started.splice(0)) {
        target.kill();
        await target.exited;
      }
    },
  };
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A header for a session of a test. */
export function headerOf(planned: PlannedSession, graceMs = 15_000): ProbeHeader {
  return {
    type: 'header',
    schema: 1,
    variant: 'toy/bare',
    repetition: 1,
    started: '2026-01-01T00:00:00Z',
    pid1: false,
    graceMs,
    ...planned,
  };
}

/** Steps of the process among these records. */
export function processRecords(records: ProbeRecord[]): ProbeProcessRecord[] {
  return records.filter((seen) => 'event' in seen);
}

/** What happened to connections among these records. */
export function connectionRecords(records: ProbeRecord[]): ProbeConnectionRecord[] {
  return records.flatMap((seen) => (Array.isArray(seen) ? [seen] : []));
}

/** What happened to one connection, in order: `sent`, `received`. */
export function kindsOf(records: ProbeRecord[], connection: number): string[] {
  return connectionRecords(records)
    .filter(([, , id]) => id === connection)
    .map(([kind]) => kind);
}
