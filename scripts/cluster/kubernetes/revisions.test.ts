import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { monotonicMs } from '../../support/clock.ts';
import { apiAt } from './api.ts';
import { readRevisions } from './revisions.ts';
import { list, stubApi } from './testing/stub-api.ts';

function read(socket: string) {
  return readRevisions({ api: apiAt(socket), path: '/pods', now: monotonicMs, onSilent: () => undefined });
}

test('a change cannot have been made before a question whose answer was older', async () => {
  let revision = 100;
  await using api = await stubApi((_, response) => response.end(list(revision)));
  await using revisions = read(api.socket);
  const beganMs = monotonicMs();
  await revisions.begin();
  while (api.asked.length < 3) await sleep(10);
  revision = 200;
  const changedMs = monotonicMs();
  const answered = api.asked.length;
  while (api.asked.length < answered + 3) await sleep(10);
  // Made after 100 was read, and so at the time of the change, or a beat before it.
  expect(revisions.notBefore('150')).toBeGreaterThanOrEqual(beganMs);
  expect(revisions.notBefore('150')).toBeLessThanOrEqual(changedMs);
  expect(revisions.notBefore('250')).toBeGreaterThan(changedMs - 1);
});

test('nothing is known of older versions, of what was only found missing, or of versions that are no numbers', async () => {
  await using api = await stubApi((_, response) => response.end(list(100)));
  await using revisions = read(api.socket);
  expect(revisions.notBefore('150')).toBe(-Infinity);
  await revisions.begin();
  expect(revisions.notBefore('150')).toBeGreaterThan(0);
  expect(['100', '7', undefined, 'abc'].map((version) => revisions.notBefore(version))).toEqual([
    -Infinity,
    -Infinity,
    -Infinity,
    -Infinity,
  ]);
});
