import { afterEach, expect, test } from 'vitest';
import type { ProbeHeader, ProbeRecord } from '../../timeline/probe-records.ts';
import {
  connectionRecords,
  headerOf,
  kindsOf,
  processRecords,
  toys,
  type ToyTarget,
} from '../testing/toy-target.ts';
import { startSweepProcess } from './client.ts';
import { planSweep } from './plan.ts';
import { recordSweep } from './sweep.ts';

const targets = toys();

afterEach(() => targets.end());

interface Options {
  connections?: number;
  graceMs?: number;
  signal?: AbortSignal;
  beforeTerminate?: () => Promise<void>;
}

async function sweep(
  env: { [name: string]: string },
  options: Options = {},
): Promise<{ records: ProbeRecord[]; header: ProbeHeader; target: ToyTarget }> {
  const target = await targets.start(env);
  const { connections = 30, graceMs = 15_000 } = options;
  const records: ProbeRecord[] = [];
  const header = headerOf(planSweep({ connections, seed: 1 }), graceMs);
  await recordSweep(target, header, {
    record: (record) => records.push(record),
    beforeTerminate: options.beforeTerminate ?? (() => Promise.resolve()),
    signal: options.signal ?? new AbortController().signal,
  });
  return { records, header, target };
}

const steps = (records: ProbeRecord[]) =>
  processRecords(records).map(({ event, detail }) => (detail === undefined ? event : `${event}: ${detail}`));
const wholeSweep = ['started', 'answering', 'sigterm'];
const problems = (records: ProbeRecord[]) => records.flatMap((seen) => ('code' in seen ? [seen.code] : []));

test('each connection was answered once before, and after three rehearsals, sends one request on the right side of SIGTERM', async () => {
  const { records, header, target } = await sweep({ END: 'ignore' });
  expect(steps(records)).toEqual([...wholeSweep, 'sigkill: the session was over', 'exited']);
  expect(target.done).toEqual(['SIGKILL']);
  const sigtermMs = processRecords(records).find(({ event }) => event === 'sigterm')!.atMs;
  for (const { id, actsAfterMs } of header.connections) {
    const whole = ['dial', 'connected', 'sent', 'received', 'sent', 'received'];
    expect(kindsOf(records, id).slice(0, 6)).toEqual(whole);
    const sent = connectionRecords(records).filter((seen) => seen[0] === 'sent' && seen[2] === id);
    expect(sent.map((seen) => seen[3])).toEqual([
      'request',
      ...Array<string>(3).fill('rehearsal'),
      'request',
    ]);
    // Appointments are kept in order, so whatever was planned for after SIGTERM came after it.
    expect(Math.sign(sent.at(-1)![1] - sigtermMs)).toBe(Math.sign(actsAfterMs!));
  }
});

test('what two processes saw is one record in the order of time', async () => {
  const { records } = await sweep({ END: 'exit' });
  const times = records
    .slice(1)
    .map((seen) => (Array.isArray(seen) ? seen[1] : 'atMs' in seen ? seen.atMs : NaN));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(records[0]).toMatchObject({ type: 'header' });
});

test('the exit of the server ends it', async () => {
  const { records, header, target } = await sweep({ END: 'exit' });
  expect(steps(records)).toEqual([...wholeSweep, 'exited']);
  expect(target.done).toEqual([]);
  for (const { id } of header.connections) expect(['closed', 'error']).toContain(kindsOf(records, id).at(-1));
});

test('grace ends it when answers do not come', async () => {
  const { records } = await sweep({ END: 'ignore', ANSWER: 'slow' }, { graceMs: 500, connections: 8 });
  expect(steps(records)).toEqual([...wholeSweep, 'sigkill: grace was over', 'exited']);
});

test('connections that the server closes are not used again', async () => {
  const { records } = await sweep({ END: 'ignore', ANSWER: 'close' });
  expect(problems(records)).toEqual([]);
  expect(kindsOf(records, 0)).toEqual(['dial', 'connected', 'sent', 'received', 'fin', 'closed']);
});

test.each([
  { name: 'before it answers', env: { DIES: '0' }, problem: 'not-answering' },
  { name: 'while connections are made', env: { DIES: '30' }, problem: 'ended-before-sigterm' },
])('a server that ends $name is a problem of its record', async ({ env, problem }) => {
  const { records } = await sweep(env);
  expect(problems(records)).toEqual([problem]);
  expect(steps(records).at(-1)).toBe('exited');
});

test('an interrupt keeps what was seen and kills the server', async () => {
  const interrupt = new AbortController();
  const { records, target } = await sweep(
    { END: 'ignore' },
    {
      signal: interrupt.signal,
      beforeTerminate() {
        interrupt.abort();
        return Promise.resolve();
      },
    },
  );
  expect(problems(records)).toEqual(['interrupted']);
  expect(target.done).toEqual(['SIGKILL']);
  expect(kindsOf(records, 29).slice(0, 4)).toEqual(['dial', 'connected', 'sent', 'received']);
});

test('the lab notices when the process of the sweep ends by itself', async () => {
  await using sweeper = startSweepProcess(() => undefined);
  const impossible = { host: '127.0.0.1', port: 70_000 };
  const connections = planSweep({ connections: 1, seed: 1 }).connections;
  sweeper.send({ command: 'prepare', address: impossible, pid: 0, originMs: 0, connections });
  await expect.poll(() => sweeper.broken.aborted, { timeout: 30_000 }).toBe(true);
  expect(sweeper.broken.reason).toMatchObject({ code: 'sweep-failed' });
});
