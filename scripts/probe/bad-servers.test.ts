import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watchListeners } from '../cluster/embedded/listeners.ts';
import { parentDeathPrefix } from '../support/contained.ts';
import { ResponseReader, type ResponseState } from '../support/http-response.ts';
import type { ProbeHeader, ProbeRecord, ProbeSession } from '../timeline/probe-records.ts';
import { parseProbeSession } from '../timeline/read-probe.ts';
import { recordSession } from './session.ts';
import type { ProbeTarget, TargetExit } from './target.ts';

const host = '127.0.0.1';
const server = join(import.meta.dirname, 'testing/bad-server.mjs');

/** All limits of a session together, with a margin for a slow machine: what does not end by itself is a failure. */
const boundMs = 60_000;

/** A few of everything that a server which answers badly could spoil. */
const header: ProbeHeader = {
  type: 'header',
  schema: 1,
  variant: 'bad-server',
  session: 'busy-bad',
  condition: 'busy',
  repetition: 1,
  started: '2026-01-01T00:00:00.000Z',
  pid1: false,
  graceMs: 3_000,
  connections: [
    { id: 0, state: 'idle-long', actsAfterMs: 5 },
    { id: 1, state: 'idle', actsAfterMs: 400 },
    { id: 2, state: 'idle', actsAfterMs: null },
    { id: 3, state: 'unused', actsAfterMs: 50 },
    { id: 4, state: 'head', actsAfterMs: 400 },
    { id: 5, state: 'head-reused', actsAfterMs: 400 },
    { id: 6, state: 'body', actsAfterMs: null },
    { id: 7, state: 'in-flight', actsAfterMs: null },
    { id: 8, state: 'late', actsAfterMs: 0 },
    { id: 9, state: 'late', actsAfterMs: 400 },
  ],
};
const idleLong = 0;
const silent = 2;

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, host);
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');
  return port;
}

/** The server as an ordinary process; its process group ends with it, whatever it has forked. */
async function start(env: Record<string, string>): Promise<ProbeTarget & Disposable> {
  const port = await freePort();
  const [program, ...rest] = [...parentDeathPrefix(), process.execPath, server];
  const child = spawn(program, rest, {
    env: { PATH: process.env['PATH'], HOST: host, PORT: String(port), ...env },
    detached: true,
    stdio: 'ignore',
  });
  const killGroup = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  };
  return {
    host,
    port,
    terminate: () => void child.kill('SIGTERM'),
    kill: killGroup,
    exited: new Promise<TargetExit>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    }),
    watchListener(onClosed) {
      const watch = watchListeners().watch({ host, port }, (listening) => {
        if (listening) return;
        watch.stop();
        onClosed();
      });
      watch.closely();
      child.on('exit', () => setTimeout(() => watch.stop(), 1_000).unref());
    },
    [Symbol.dispose]: killGroup,
  };
}

/** Records a session with a server that is bad in this way, and reads it back as it would be stored. */
async function probe(bad: string, env: Record<string, string> = {}): Promise<ProbeSession> {
  const lines: string[] = [];
  using target = await start({ BAD: bad, ...env });
  await recordSession(target, header, {
    record: (record: ProbeRecord) => lines.push(JSON.stringify(record)),
    beforeTerminate: () => Promise.resolve(),
    signal: new AbortController().signal,
    answeringLimitMs: 2_000,
  });
  const session = parseProbeSession(lines.join('\n'));
  expect(session.damaged).toEqual([]);
  return session;
}

const problemsOf = (session: ProbeSession) => session.problems.map(({ code }) => code);
const eventsOf = (session: ProbeSession) => session.process.map(({ event }) => event);
const kindsOf = ({ events }: ProbeSession, id: number) =>
  events.filter((event) => event[2] === id).map(([kind]) => kind);

/** The answer to the first request of a connection, read from the record alone. */
function answerOf(session: ProbeSession, id: number): ResponseState {
  const reader = new ResponseReader({ method: 'POST' });
  for (const event of session.events) {
    if (event[2] !== id) continue;
    if (event[0] === 'received') reader.push(event[3]);
    if (event[0] === 'fin') reader.end('FIN');
    if (event[0] === 'error') reader.end('RST');
  }
  return reader.state;
}

describe.concurrent('a server that gives no whole answer', () => {
  test.for<[bad: string, detail: RegExp, exit: 'by itself' | 'killed']>([
    ['exits', /ended before it answered any request: exit code 3/, 'by itself'],
    ['never-listens', /no whole answer to GET \/health within 2 s.*ECONNREFUSED/, 'killed'],
    ['closes-at-once', /no whole answer.*(closed without an answer|ECONNRESET|EPIPE)/, 'killed'],
    ['endless-head', /GET \/health.*head larger than 64 KiB/, 'killed'],
    ['oversized-head', /GET \/health.*head larger than 64 KiB/, 'killed'],
    ['short-body', /ended in the body, by FIN: 13 of 100 bytes/, 'killed'],
    ['endless-body', /no whole answer to GET \/health within 2 s/, 'killed'],
    ['tls', /GET \/health.*TLS, not HTTP/, 'killed'],
    ['garbage', /GET \/health.*not HTTP: begins with "\\x00\\x01\\x02 what is this\?/, 'killed'],
  ])('%s', { timeout: boundMs }, async ([bad, detail, exit]) => {
    const session = await probe(bad);
    expect(session.problems).toEqual([
      {
        type: 'problem',
        atMs: expect.any(Number) as number,
        code: 'not-answering',
        detail: expect.stringMatching(detail) as string,
      },
    ]);
    expect(eventsOf(session)).toEqual(
      exit === 'killed' ? ['started', 'sigkill', 'exited'] : ['started', 'exited'],
    );
    expect(session.events).toEqual([]);
  });
});

describe.concurrent('an answer that is unusual, and whole', () => {
  test.for<[bad: string, expected: Partial<ResponseState>, reused: boolean]>([
    ['http10', { version: '1.0', closeAnnounced: true, bodyBytes: 13 }, false],
    ['chunked', { bodyBytes: 13 }, true],
    ['single-bytes', { bodyBytes: 13 }, true],
    ['interim', { status: 200, interim: [100, 103], bodyBytes: 13 }, true],
    ['long-body', { bodyBytes: 5, surplusBytes: 8 }, true],
  ])('%s', { timeout: boundMs }, async ([bad, expected, reused]) => {
    const session = await probe(bad);
    expect(problemsOf(session)).toEqual([]);
    expect(answerOf(session, silent)).toMatchObject({ phase: 'complete', ...expected });
    expect(eventsOf(session).filter((event) => event !== 'listenerClosed')).toEqual([
      'started',
      'answering',
      'sigterm',
      'exited',
    ]);
    const parts = session.events.flatMap((event) =>
      event[0] === 'sent' && event[2] === 5 ? [event[3]] : [],
    );
    expect(parts).toEqual(reused ? ['request', 'first half'] : ['request']);
  });
});

describe.concurrent('a server that is healthy and answers nothing else well', () => {
  test.for<[bad: string, expected: Partial<ResponseState>]>([
    ['endless-head', { phase: 'broken', problem: 'head larger than 64 KiB' }],
    ['oversized-head', { phase: 'broken', problem: 'head larger than 64 KiB' }],
    ['short-body', { phase: 'broken', problem: 'ended in the body, by FIN: 13 of 100 bytes' }],
    ['endless-body', { phase: 'body', status: 200 }],
    ['tls', { phase: 'broken', problem: 'TLS, not HTTP' }],
    [
      'garbage',
      {
        phase: 'broken',
        problem: 'not HTTP: begins with "\\x00\\x01\\x02 what is this? \\xff\\x0d\\x0a\\x0d\\x0a"',
      },
    ],
  ])('%s', { timeout: boundMs }, async ([bad, expected]) => {
    const session = await probe(bad, { HEALTH: 'well' });
    expect(problemsOf(session)).toEqual([]);
    expect(eventsOf(session)).toEqual(expect.arrayContaining(['answering', 'sigterm', 'exited']));
    const answer = answerOf(session, silent);
    // What was still coming when the server ended was cut.
    const cut = expected.phase === 'body' && answer.phase === 'broken';
    expect(answer).toMatchObject(
      cut ? { problem: expect.stringMatching(/^ended in the body/) as string } : expected,
    );
    // Nothing but the first request was sent on what never became idle.
    expect(kindsOf(session, idleLong).filter((kind) => kind === 'sent')).toHaveLength(1);
    const recorded = session.events.flatMap((event) => (event[0] === 'received' ? [event[3].length] : []));
    expect(recorded.reduce((sum, length) => sum + length, 0)).toBeLessThan(
      header.connections.length * 2 ** 20 + 1,
    );
  });
});

describe.concurrent('a server that does not last', () => {
  test.for([
    ['in the warm-up', '10'],
    // One request for its health, 20 for the warm-up, and 3 connections that become idle.
    ['while connections are prepared', '23'],
  ] as const)('dies before SIGTERM: %s', { timeout: boundMs }, async ([, requests]) => {
    const session = await probe('dies-before-sigterm', { AFTER_REQUESTS: requests });
    expect(session.problems).toMatchObject([
      { code: 'ended-before-sigterm', detail: 'The server ended before it was asked to: exit code 1.' },
    ]);
    expect(eventsOf(session)).toEqual(['started', 'answering', 'exited']);
    expect(session.process.at(-1)).toMatchObject({ exitCode: 1 });
  });

  test.skipIf(!watchListeners().available)(
    'leaves a child that keeps the port and its connections',
    { timeout: boundMs },
    async () => {
      const session = await probe('leaves-child');
      expect(problemsOf(session)).toEqual([]);
      expect(eventsOf(session)).toEqual(['started', 'answering', 'sigterm', 'exited']);
      expect(session.process.at(-1)).toMatchObject({ exitCode: 0 });
      // Neither FIN nor RST: it is the lab that closes it when the session is over.
      expect(kindsOf(session, silent)).toEqual(['dial', 'connected', 'sent', 'received', 'closed']);
    },
  );
});
