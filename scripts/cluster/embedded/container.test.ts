import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containment } from '../../support/contained.ts';
import { until } from '../../support/testing/until.ts';
import { startContainer, type Container } from './container.ts';

const namespaced = describe.skipIf(!containment().pidNamespace);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'container-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(command: string[], env: { [name: string]: string } = {}): Promise<Container> {
  return startContainer({
    command,
    folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    logFile: join(folder, 'log'),
    temporaryFolder: join(folder, 'pod.tmp'),
    visible: [],
    givesWay: true,
  });
}

const log = () => readFileSync(join(folder, 'log'), 'utf8').trim();

const logged = (text: string) => until(`logged: ${text}`, () => log().includes(text));

describe('a container', () => {
  test.each([
    ['its exit code', ['sh', '-c', 'exit 7'], { exitCode: 7, signal: null }],
    ['that it cannot be started', ['./nothing-here'], { exitCode: 127, signal: null }],
  ])('tells %s', async (_, command, exit) => {
    expect(await (await start(command)).exited).toEqual(exit);
  });

  test('has the environment it was given and no more', async () => {
    await (
      await start(['env'], { GREETING: 'hello', 'logging.level.root': 'warn' })
    ).exited;
    const names = log()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.toSorted()).toEqual(['GREETING', 'PATH', 'logging.level.root']);
    expect(log()).toContain('GREETING=hello');
  });

  test('gets SIGTERM in its first process only', async () => {
    const command = `sh -c 'trap "echo child got it" TERM; while :; do sleep 0.05; done' &
      trap 'echo first got it; sleep 0.3; exit 3' TERM; echo up; while :; do sleep 0.05; done`;
    const container = await start(['sh', '-c', command]);
    await logged('up');
    container.signal('SIGTERM');
    expect(await container.exited).toEqual({ exitCode: 3, signal: null });
    expect(log()).toContain('first got it');
    expect(log()).not.toContain('child got it');
  });

  test('that was killed says so', async () => {
    const container = await start(['sleep', '60']);
    container.signal('SIGKILL');
    expect(await container.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });
});

test.skipIf(process.platform !== 'linux')(
  'the kernel ends a container first when memory runs out',
  async () => {
    const script = 'until [ "$(cat /proc/self/oom_score_adj)" = 1000 ]; do sleep 0.05; done; echo first';
    await (
      await start(['sh', '-c', script])
    ).exited;
    expect(log()).toBe('first');
  },
);

namespaced('a container in a PID namespace', () => {
  test('is PID 1 and sees no other processes', async () => {
    await (
      await start(['sh', '-c', 'echo $$; ls /proc | grep -c "^[0-9]"'])
    ).exited;
    const [pid, processes] = log().split('\n');
    expect(pid).toBe('1');
    expect(Number(processes)).toBeLessThanOrEqual(4);
  });

  test('ignores SIGTERM without a handler, as in a container of Kubernetes', async () => {
    const container = await start(['sleep', '60']);
    await sleep(300);
    container.signal('SIGTERM');
    expect(await Promise.race([container.exited, sleep(500, 'still there')])).toBe('still there');
    container.signal('SIGKILL');
    await container.exited;
  });

  test('has an empty /tmp of its own, and its folder although that is below /tmp', async () => {
    writeFileSync(join(folder, 'file'), '');
    await (
      await start(['sh', '-c', 'ls /tmp; ls; touch /tmp/mine'])
    ).exited;
    expect(log().split('\n')[0]).toBe(folder.split('/')[2]);
    expect(log()).toContain('file');
    expect(readdirSync(tmpdir())).not.toContain('mine');
    expect(readdirSync(folder)).not.toContain('pod.tmp');
  });

  test('takes its children with it', async () => {
    const container = await start(['sh', '-c', 'sleep 62.5 & sleep 62.5 & echo up; exec sleep 62.5']);
    await logged('up');
    container.signal('SIGKILL');
    await container.exited;
    expect(running('62.5')).toBe('');
  });

  test('ends when the lab is killed with SIGKILL', async () => {
    const program = join(import.meta.dirname, 'testing/orphan.ts');
    const lab = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(lab.stdout, 'data');
    expect(running('61.25')).not.toBe('');
    lab.kill('SIGKILL');
    await until('nothing is left', () => running('61.25') === '', 5_000);
  });

  test('runs a command inside', async () => {
    const container = await start(['sh', '-c', 'echo up; while :; do sleep 0.05; done'], {
      GREETING: 'hello',
    });
    await logged('up');
    const [program, ...args] = [...container.enter(), 'sh', '-c', 'echo $GREETING $(cat /proc/1/comm)'];
    const inside = spawnSync(program, args, { encoding: 'utf8' });
    expect(`${inside.stdout}${inside.stderr}`.trim()).toBe('hello sh');
    container.signal('SIGKILL');
    await container.exited;
  });
});

function running(argument: string): string {
  return spawnSync('pgrep', ['-f', `sleep ${argument}`], { encoding: 'utf8' }).stdout.trim();
}
