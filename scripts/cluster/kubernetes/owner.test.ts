import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { readOwner, stateOf, thisOwner } from './owner.ts';

test('this process lives, as it was written and read', async () => {
  const here = await thisOwner('2026-11-21T10-15-30');
  expect(readOwner(JSON.stringify(here))).toEqual(here);
  expect(stateOf(here, here)).toBe('alive');
});

test('a process that has ended is dead', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  const here = await thisOwner('');
  expect(stateOf({ ...here, pid: child.pid ?? 0, started: '1' }, here)).toBe('dead');
});

test.runIf(process.platform === 'linux')(
  'a process that has the number of an earlier one is not it',
  async () => {
    const here = await thisOwner('');
    expect(stateOf({ ...here, started: '1' }, here)).toBe('dead');
  },
);

test.each([
  ['on another machine', { host: 'elsewhere' }],
  ['before this machine was restarted', { boot: 'another boot' }],
  ['on a system that does not tell', { boot: null }],
])('a lab %s is not judged', async (_name, changes) => {
  const here = await thisOwner('');
  expect(stateOf({ ...here, pid: 2 ** 22 + 1, ...changes }, here)).toBe('unknown');
});

test.each([undefined, '', 'nonsense', '{}', '{"host":"vm","pid":"12"}'])(
  '%j says nothing of an owner',
  (text) => {
    expect(readOwner(text)).toBeUndefined();
  },
);
