/** What apps and their machine do to a run: each costs its own row only, and the reason is told. */
import { readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { measuredRow, tooBusyRow } from './testing/rows.ts';
import { tinyLabs, writeProgram, type TinyLab } from './testing/tiny-lab.ts';

const labs = tinyLabs();

afterEach(() => labs.remove());

/** Rows and remarks of one variant, without the time stamps and names that differ each time. */
function linesOf(output: string, variant: string): string {
  return output
    .split('\n')
    .filter((line) => line.includes(variant))
    .join('\n');
}

function timelineOf(lab: TinyLab, trial: string): string {
  return lab
    .files(`${trial}/timeline.ndjson`)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
}

/** An app that listens on all addresses takes the port from every lab on this machine. */
const ownPort = 8181;

const invalidFor: [name: string, env: { [name: string]: string }, reason: RegExp][] = [
  [
    'dies',
    { TROUBLE: 'dies' },
    /\(pod-ended\): bad-dies-\S+ ended although nobody restarted it: exit code 7/,
  ],
  [
    'garbage',
    { ANSWER: 'garbage' },
    /\(baseline-not-clean\): \d+ failed before the restart began: \d+ other/,
  ],
  ['fails', { ANSWER: '500' }, /\(baseline-not-clean\): \d+ failed before the restart began: \d+ rejected/],
  ['hangs-up', { ANSWER: 'hang-up' }, /\(baseline-not-clean\): \d+ failed before the restart began: \d+ eof/],
  [
    'leaks',
    { TROUBLE: 'leaks', AFTER_REQUESTS: '40' },
    /\(pod-ended\): .*OOMKilled: it used \d+ MiB of memory; its resources\.limits\.memory is 256 MiB/,
  ],
];

const notDeployed: [name: string, env: { [name: string]: string }, reason: RegExp][] = [
  [
    'wrong-port',
    { START: 'wrong-port' },
    /it listens on 127\.\S+:9999 instead of 127\.\S+:8181 and must obey HOST and PORT/,
  ],
  ['all-addresses', { START: 'all-addresses' }, /exits at start \(exit code 1\)/],
];

const harmless: [name: string, env: { [name: string]: string }][] = [
  ['leaves-a-child', { TROUBLE: 'leaves-a-child' }],
  ['logs', { TROUBLE: 'logs', AFTER_REQUESTS: '10' }],
];

test('bad apps lose their own rows, with the reason', async () => {
  const cases = [...invalidFor, ...notDeployed, ...harmless];
  const variants = cases.map(([name, env]) => ({ name, env }));
  const lab = labs.make([{ id: 'bad', variants }, { id: 'good' }], { memory: '256Mi', port: ownPort });
  // Trouble begins with a pod's hundredth request, which must come before the restart.
  const { exitCode, stdout, stderr } = await lab.run('--rate', '200').ended;
  expect([0, 2]).toContain(exitCode);
  expect(stdout).toMatch(measuredRow('good/server'));
  for (const [name, , reason] of invalidFor) {
    if (tooBusyRow(`bad/${name}`).test(stdout)) continue;
    expect(stdout).toMatch(new RegExp(`^bad/${name} +invalid`, 'm'));
    expect(linesOf(stdout, `bad/${name}/naive/1 is invalid`)).toMatch(reason);
  }
  for (const [name, , reason] of notDeployed) expect(linesOf(stdout, `bad/${name}`)).toMatch(reason);
  for (const [name] of harmless) expect(stdout).toMatch(measuredRow(`bad/${name}`));
  expect(stderr).toMatch(/HOST=127\.\S+ and PORT=8181[^]*EADDRINUSE/);
  expect(`${stdout}${stderr}`).not.toContain('lab-defect');

  const logs = lab.files('bad/logs/naive/1/pods/*.log').map((file) => statSync(file).size);
  expect(Math.max(...logs)).toBeLessThan(50 * 1024 * 1024);
  expect(timelineOf(lab, 'bad/logs/naive/1')).toContain('the log grew above 10 MiB');
  expect(lab.processes()).toEqual([]);
});

describe.skipIf(process.platform !== 'linux')('a poor machine', () => {
  test('without PID namespaces and with the port taken everywhere still measures, and leaves nothing', async () => {
    const taken = createServer().listen(0, '0.0.0.0');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const variants = [{ name: 'child', env: { TROUBLE: 'leaves-a-child', END: 'close' } }, { name: 'next' }];
    const lab = labs.make([{ id: 'toy', variants }], { port });
    const programs = writeProgram(lab, 'unshare', 'echo "unshare: not permitted" >&2; exit 1');
    const PATH = `${programs}${delimiter}${process.env['PATH'] ?? ''}`;
    const { exitCode, stdout } = await lab.runWith({ PATH }).ended;
    taken.close();
    expect([0, 2]).toContain(exitCode);
    expect(stdout).toContain('Pods are not PID 1 (unshare --pid does not work here: unshare: not permitted)');
    for (const name of ['child', 'next']) {
      expect(stdout).toMatch(measuredRow(`toy/${name}`));
      const replaced = `port ${String(port)} is taken on every loopback address: PORT is`;
      expect(timelineOf(lab, `toy/${name}/naive/*`)).toContain(replaced);
      if (tooBusyRow(`toy/${name}`).test(stdout)) continue;
      expect(stdout).toContain(`toy/${name}/naive/1 (port-replaced): ${replaced}`);
    }
    expect(stdout).not.toMatch(/pod-ended|restart-failed|baseline-not-clean/);
    expect(lab.processes()).toEqual([]);
  });
});
