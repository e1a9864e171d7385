import { expect, test } from 'vitest';
import { readPodClock } from './pod-clock.ts';
import { PodShell } from './pod-shell.ts';
import { fakeKubectl } from './testing/fake-kubectl.ts';

// What kubectl exec does, without a pod: its last word is the program.
const exec = `echo "$@" >> calls; for word; do program=$word; done; exec "$program"`;

test('one shell answers all commands, in order, and only what they printed', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'k6');
  const answers = await Promise.all([
    shell.ask('printf half'),
    shell.ask('echo one; echo two'),
    shell.ask('true'),
  ]);
  expect(answers.map(({ output }) => output.toString())).toEqual(['half', 'one\ntwo\n', '']);
  for (const [index, { askedMs, answeredMs }] of answers.entries()) {
    expect(answeredMs).toBeGreaterThanOrEqual(askedMs);
    expect(askedMs).toBeGreaterThanOrEqual(answers[index - 1]?.answeredMs ?? 0);
  }
  const { output } = await shell.ask('cat calls');
  expect(output.toString()).toBe('exec --stdin --container=k6 pod-1 -- sh\n');
});

test('a command that fails is an error, and the next one is answered', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'k6');
  await expect(shell.ask('false')).rejects.toThrow(
    '`false` failed in --container=k6 pod-1 -- sh: exit code 1',
  );
  expect((await shell.ask('echo well')).output.toString()).toBe('well\n');
});

test('a shell that ends says why, and is opened again', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'k6');
  await expect(shell.ask('echo "container is gone" >&2; kill -KILL $$')).rejects.toThrow('container is gone');
  expect((await shell.ask('wc -l < calls')).output.toString().trim()).toBe('2');
});

test('the clock of a pod: its offset is inside the uncertainty, however slow the answer', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'k6');
  const sample = await readPodClock(shell);
  expect(Math.abs(sample.offsetMs)).toBeLessThanOrEqual(sample.uncertaintyMs);
  await shell.ask('date() { command date --date="7 seconds" +%s%N; sleep 0.02; }');
  const ahead = await readPodClock(shell);
  expect(Math.abs(ahead.offsetMs - 7_000)).toBeLessThanOrEqual(ahead.uncertaintyMs);
  expect(ahead.uncertaintyMs).toBeGreaterThanOrEqual(10);
});

test('a pod that knows whole seconds only has no clock', async () => {
  using fake = fakeKubectl(exec);
  await using shell = new PodShell(fake.kubectl, 'pod-1', 'k6');
  await shell.ask('date() { echo "1700000000%N"; }');
  await expect(readPodClock(shell)).rejects.toThrow('its shell says "1700000000%N"');
});
