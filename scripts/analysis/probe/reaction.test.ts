import { expect, test } from 'vitest';
import { evidenceOf } from './evidence.ts';
import { reactionOf } from './reaction.ts';
import {
  ok,
  okAndClose,
  syntheticSession,
  unavailable,
  type SyntheticConnection,
  type SyntheticSession,
} from './testing/synthetic-probe.ts';

const killed = { exit: 'killed' } as const;
const idle = { state: 'idle', actsAfterMs: 50 } as const;

test.each<{
  name: string;
  connections?: SyntheticConnection[];
  process?: Omit<SyntheticSession, 'connections'>;
  atMs: number | null;
  text: string;
}>([
  { name: 'exit', atMs: 2000, text: 'it exited' },
  { name: 'listener', process: { listenerClosedMs: 3 }, atMs: 3, text: 'it stopped listening' },
  { name: 'nothing until SIGKILL', process: killed, atMs: null, text: 'no reaction' },
  {
    name: 'a listener that SIGKILL closed',
    process: { ...killed, listenerClosedMs: 15_002 },
    atMs: null,
    text: 'no reaction',
  },
  {
    name: 'FIN on an idle connection',
    connections: [{ state: 'idle', end: [4, 'FIN'] }],
    atMs: 4,
    text: 'FIN on connection 0 (idle)',
  },
  {
    name: 'the earliest of several',
    connections: [
      { state: 'unused', end: [9, 'ECONNRESET'] },
      { state: 'in-flight', end: [8, 'ECONNRESET'] },
    ],
    process: { listenerClosedMs: 10 },
    atMs: 8,
    text: 'RST on connection 1 (in-flight)',
  },
  {
    name: 'a refused connection',
    connections: [{ state: 'late', actsAfterMs: 100, end: [100.1, 'ECONNREFUSED'] }],
    atMs: 100.1,
    text: 'it refused connection 0',
  },
  {
    name: 'close announced',
    connections: [{ ...idle, answer: okAndClose, end: [60, 'FIN'] }],
    atMs: 51.2,
    text: 'it announced close on connection 0',
  },
  {
    name: '503',
    connections: [{ ...idle, answer: unavailable }],
    atMs: 51.2,
    text: 'it answered 503 on connection 0',
  },
  {
    name: 'an answer as before is no sign',
    connections: [{ ...idle, answer: ok }],
    process: killed,
    atMs: null,
    text: 'no reaction',
  },
  {
    name: 'a request without an answer, from when it was sent',
    connections: [{ ...idle, end: [250, 'ECONNRESET'] }],
    atMs: 50.2,
    text: 'it left a request on connection 0 without an answer',
  },
  {
    name: 'a request shortly before SIGKILL',
    connections: [{ state: 'late', actsAfterMs: 14_500 }],
    process: killed,
    atMs: null,
    text: 'no reaction',
  },
  {
    name: 'a request that met the end, from then on',
    connections: [{ ...idle, end: [90, 'ECONNRESET'] }],
    atMs: 90,
    text: 'RST on connection 0 (idle)',
  },
  {
    name: 'an end for idleness',
    connections: [{ state: 'idle', end: [4000, 'FIN'] }],
    process: killed,
    atMs: null,
    text: 'no reaction',
  },
  {
    name: 'an answer to half a request for its slowness',
    connections: [{ state: 'head', answer: unavailable, answeredMs: 9000, end: [9001, 'FIN'] }],
    process: killed,
    atMs: null,
    text: 'no reaction',
  },
  {
    name: 'the same end where it stops listening later',
    connections: [{ state: 'idle', end: [4000, 'FIN'] }],
    process: { ...killed, listenerClosedMs: 5000 },
    atMs: 4000,
    text: 'FIN on connection 0 (idle)',
  },
])('$name: $text', ({ connections = [], process, atMs, text }) => {
  const session = syntheticSession({ ...process, connections: [...connections, { state: 'idle' }] });
  expect(reactionOf(evidenceOf(session))).toEqual({ atMs, text });
});

test('a server that always closes shows nothing by closing', () => {
  const connections: SyntheticConnection[] = [
    { state: 'idle', prepared: okAndClose, end: [-299, 'FIN'] },
    { state: 'in-flight', answer: okAndClose, end: [1401, 'FIN'] },
  ];
  const session = syntheticSession({ exit: 'killed', connections });
  expect(reactionOf(evidenceOf(session))).toEqual({ atMs: null, text: 'no reaction' });
});
