import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type {
  ProbeConnectionPlan,
  ProbeHeader,
  ProbeProcessRecord,
  ProbeRecord,
} from '../timeline/probe-records.ts';
import { recordSession } from './session.ts';
import {
  connectionRecords,
  headerOf,
  kindsOf,
  processRecords,
  toys,
  type ToyTarget,
} from './testing/toy-target.ts';

const targets = toys();
// Tests run side by side; each session ends its own, but for one that fails.
afterAll(() => targets.end());

interface Recorded {
  records: ProbeRecord[];
  target: ToyTarget;
  /** What happened to the process, in order. */
  steps: ProbeProcessRecord['event'][];
  problems: string[];
}

interface Options {
  graceMs?: number;
  answeringLimitMs?: number;
  beforeTerminate?: () => Promise<void>;
  signal?: AbortSignal;
  onRecord?: (record: ProbeRecord) => void;
}

/** One session with a toy: connections are written as `[state, actsAfterMs]`. */
async function session(
  env: { [name: string]: string },
  kinds: [ProbeConnectionPlan['state'], number | null][],
  options: Options = {},
): Promise<Recorded> {
  const target = await targets.start(env);
  const { graceMs, answeringLimitMs, onRecord, ...rest } = options;
  const connections = kinds.map(([state, actsAfterMs], id) => ({ id, state, actsAfterMs }));
  const header: ProbeHeader = headerOf({ session: 'toy', condition: 'quiet', connections }, graceMs);
  const records: ProbeRecord[] = [];
  await recordSession(target, header, {
    beforeTerminate: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...(answeringLimitMs === undefined ? {} : { answeringLimitMs }),
    ...rest,
    record: (record) => {
      records.push(record);
      onRecord?.(record);
    },
  });
  const steps = processRecords(records).map(({ event }) => event);
  const problems = records.flatMap((seen) => ('code' in seen ? [`${seen.code}: ${seen.detail}`] : []));
  return { records, target, steps, problems };
}

function step(records: ProbeRecord[], event: string): ProbeProcessRecord | undefined {
  return processRecords(records).find((seen) => seen.event === event);
}

/** Times of the records of one kind for one connection, from SIGTERM. */
function timesOf({ records }: Recorded, connection: number, kind: string): number[] {
  const sigtermMs = step(records, 'sigterm')!.atMs;
  return connectionRecords(records)
    .filter((seen) => seen[2] === connection && seen[0] === kind)
    .map(([, atMs]) => atMs - sigtermMs);
}

const partsOf = ({ records }: Recorded, connection: number): string[] =>
  connectionRecords(records).flatMap((seen) =>
    seen[0] === 'sent' && seen[2] === connection ? [seen[3]] : [],
  );

test.concurrent('connections are in their states at SIGTERM and act after it', async () => {
  const recorded = await session(
    { END: 'ignore' },
    [
      ['unused', 50],
      ['idle', 50],
      ['idle-long', 50],
      ['head', 50],
      ['head-reused', 50],
      ['body', 50],
      ['in-flight', null],
      ['late', 50],
      ['idle', null],
      ['head', null],
    ],
    { graceMs: 5_000 },
  );
  expect(recorded.records[0]).toMatchObject({ type: 'header', session: 'toy' });
  expect(recorded.steps).toEqual(['started', 'answering', 'sigterm', 'sigkill', 'exited']);
  expect(recorded.problems).toEqual([]);

  const sentOnce = ['dial', 'connected', 'sent', 'received'];
  const expected: Record<string, { parts: string[]; kinds: string[] }> = {
    0: { parts: ['request'], kinds: sentOnce },
    1: { parts: ['request', 'request'], kinds: [...sentOnce, 'sent', 'received'] },
    2: { parts: ['request', 'request'], kinds: [...sentOnce, 'sent', 'received'] },
    3: { parts: ['first half', 'second half'], kinds: ['dial', 'connected', 'sent', 'sent', 'received'] },
    4: {
      parts: ['request', 'first half', 'second half'],
      kinds: [...sentOnce, 'sent', 'sent', 'received'],
    },
    5: { parts: ['first half', 'second half'], kinds: ['dial', 'connected', 'sent', 'sent', 'received'] },
    6: { parts: ['request', 'next request'], kinds: [...sentOnce, 'sent', 'received'] },
    7: { parts: ['request'], kinds: sentOnce },
    8: { parts: ['request'], kinds: sentOnce },
    9: { parts: ['first half'], kinds: ['dial', 'connected', 'sent'] },
  };
  for (const [id, { parts, kinds }] of Object.entries(expected)) {
    const connection = Number(id);
    expect(partsOf(recorded, connection), id).toEqual(parts);
    // The kill at the end closes all of them, with FIN or RST.
    const seen = kindsOf(recorded.records, connection).filter(
      (kind) => !['fin', 'closed', 'error'].includes(kind),
    );
    expect(seen, id).toEqual(kinds);
    if (parts.at(-1) !== 'next request' && connection < 8)
      expect(timesOf(recorded, connection, 'sent').at(-1), id).toBeGreaterThanOrEqual(49);
  }
  expect(timesOf(recorded, 0, 'connected')[0]).toBeLessThan(0);
  expect(timesOf(recorded, 1, 'received')[0]).toBeLessThan(-290);
  expect(timesOf(recorded, 2, 'received')[0]).toBeLessThan(-2_990);
  expect(timesOf(recorded, 3, 'sent')[0]).toBeLessThan(0);
  expect(timesOf(recorded, 6, 'sent')[0]).toBeLessThan(0);
  expect(timesOf(recorded, 6, 'received')[0]).toBeGreaterThan(0);
  expect(timesOf(recorded, 7, 'dial')[0]).toBeGreaterThanOrEqual(49);
});

test.concurrent(
  'a connection that has ended does not act any more, and a dead server gets no new connections',
  async () => {
    const recorded = await session({ END: 'exit' }, [
      ['idle', 3_000],
      ['unused', 3_000],
      ['in-flight', null],
      ['late', 10_000],
    ]);
    expect(recorded.steps).toEqual(['started', 'answering', 'sigterm', 'exited']);
    expect(partsOf(recorded, 0)).toEqual(['request']);
    expect(partsOf(recorded, 1)).toEqual([]);
    expect(partsOf(recorded, 2)).toEqual(['request']);
    expect(kindsOf(recorded.records, 3)).toEqual([]);
    expect(recorded.target.done).toEqual(['SIGTERM']);
  },
);

test.concurrent('an exit is recorded with what held it up', async () => {
  const recorded = await session({ END: 'drain' }, [['in-flight', null]]);
  expect(recorded.steps).toEqual(['started', 'answering', 'sigterm', 'exited']);
  expect(step(recorded.records, 'exited')).toMatchObject({ exitCode: 0, signal: null });
  expect(timesOf(recorded, 0, 'received')[0]).toBeGreaterThan(0);
});

test.concurrent('when grace is over the server is killed and the record says so', async () => {
  const recorded = await session({ END: 'ignore' }, [['idle', null]], { graceMs: 200 });
  const { records, target } = recorded;
  expect(target.done).toEqual(['SIGTERM', 'SIGKILL']);
  const [sigterm, sigkill] = [step(records, 'sigterm')!, step(records, 'sigkill')!];
  expect(sigkill.detail).toBe('grace was over');
  expect(sigkill.atMs - sigterm.atMs).toBeGreaterThanOrEqual(199);
});

test.concurrent(
  'a server that closes after every answer has no idle connections, and none acts',
  async () => {
    const recorded = await session({ END: 'exit', ANSWER: 'close' }, [
      ['idle', 5],
      ['head-reused', 5],
    ]);
    for (const connection of [0, 1]) {
      expect(kindsOf(recorded.records, connection)).toEqual([
        'dial',
        'connected',
        'sent',
        'received',
        'fin',
        'closed',
      ]);
      expect(timesOf(recorded, connection, 'fin')[0]).toBeLessThan(0);
    }
  },
);

test.concurrent('what is not idle in time is left as it is', async () => {
  const recorded = await session({ END: 'exit', ANSWER: 'slow' }, [['idle', 5]]);
  expect(recorded.problems).toEqual([]);
  expect(partsOf(recorded, 0)).toEqual(['request']);
  expect(timesOf(recorded, 0, 'received')).toEqual([]);
});

describe.concurrent('what makes a session worthless is recorded as a problem, and the server is gone', () => {
  const unanswered =
    /^not-answering: The server gave no whole answer to GET \/health within 0.2 s\. The last/;
  test.each<{ name: string; env: { [name: string]: string }; problem: RegExp; steps: string[] }>([
    {
      name: 'it never answers',
      env: { ANSWER: 'never' },
      problem: unanswered,
      steps: ['started', 'sigkill', 'exited'],
    },
    {
      name: 'it listens on another port',
      env: { PORT: '0' },
      problem: unanswered,
      steps: ['started', 'sigkill', 'exited'],
    },
    {
      name: 'it does not start',
      env: { DIES: '0' },
      problem: /^not-answering: The server ended before it answered any request: exit code 7\./,
      steps: ['started', 'exited'],
    },
    {
      name: 'it ends before SIGTERM',
      env: { DIES: '5' },
      problem: /^ended-before-sigterm: The server ended before it was asked to: exit code 7\./,
      steps: ['started', 'answering', 'exited'],
    },
  ])('$name', async ({ env, problem, steps }) => {
    const answeringLimitMs = problem === unanswered ? 200 : 30_000;
    const recorded = await session(env, [['idle', 5]], { answeringLimitMs });
    expect(recorded.problems).toEqual([expect.stringMatching(problem)]);
    expect(recorded.steps).toEqual(steps);
    await recorded.target.exited;
  });
});

const isEvent = (seen: ProbeRecord, event: string) => step([seen], event) !== undefined;
const isAnswer = (seen: ProbeRecord) => connectionRecords([seen])[0]?.[0] === 'received';

describe.concurrent('an interrupt ends the session, the server is killed, and what was seen is kept', () => {
  test.each([
    { name: 'before it began', isMoment: (seen: ProbeRecord) => 'graceMs' in seen },
    { name: 'at the first answer', isMoment: (seen: ProbeRecord) => isEvent(seen, 'answering') },
    { name: 'while connections are prepared', isMoment: isAnswer },
    { name: 'after SIGTERM', isMoment: (seen: ProbeRecord) => isEvent(seen, 'sigterm') },
  ])('$name', async ({ isMoment }) => {
    const interrupt = new AbortController();
    const recorded = await session({ END: 'ignore' }, [['idle-long', 50]], {
      signal: interrupt.signal,
      onRecord: (seen) => isMoment(seen) && interrupt.abort(),
    });
    expect(recorded.problems).toEqual(['interrupted: The session was interrupted.']);
    expect(recorded.steps.slice(-2)).toEqual(['sigkill', 'exited']);
    expect(recorded.target.done.at(-1)).toBe('SIGKILL');
  });
});

test.concurrent('SIGTERM waits for the caller, and comes after the connections were made', async () => {
  let allowed = Infinity;
  const recorded = await session({ END: 'exit' }, [['idle-long', null]], {
    beforeTerminate: async () => {
      await sleep(300);
      allowed = performance.now();
    },
    onRecord: (seen) => {
      if (Array.isArray(seen)) expect(performance.now()).toBeGreaterThanOrEqual(allowed);
    },
  });
  expect(timesOf(recorded, 0, 'dial')[0]).toBeLessThan(-2_990);
});

test.concurrent('nothing is recorded once it is over', async () => {
  const { records } = await session({ END: 'exit' }, [
    ['late', 0],
    ['late', 60],
    ['idle', null],
  ]);
  const count = records.length;
  await sleep(300);
  expect(records).toHaveLength(count);
});

test.concurrent('only a failure of the lab is thrown, and the connections are closed', async () => {
  const target = await targets.start({});
  const records: ProbeRecord[] = [];
  const recording = recordSession(target, headerOf({ session: 'toy', condition: 'quiet', connections: [] }), {
    record: (record) => records.push(record),
    beforeTerminate: () => Promise.reject(new Error('no turn')),
    signal: new AbortController().signal,
  });
  await expect(recording).rejects.toThrow('no turn');
  expect(target.done).toEqual(['SIGKILL']);
});
