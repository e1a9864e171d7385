import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync, realpathSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { containedPrefix, containment } from '../../support/contained.ts';
import { systemCodeOf } from '../../support/errors.ts';
import { makeFolder, notWritable } from '../../support/write-whole.ts';
import { endLeftovers } from './leftovers.ts';

export interface ContainerRequest {
  command: string[];
  folder: string;
  env: { [name: string]: string };
  logFile: string;
  /** Path of a folder to be made and removed: where its private /tmp is put together. */
  temporaryFolder: string;
  /** Folders that must stay visible although /tmp is private. */
  visible: string[];
  /** Whether it leaves the processors to the load generator and the balancer when they want them. */
  givesWay: boolean;
}

export interface ContainerExit {
  exitCode: number | null;
  signal: string | null;
}

/** A running app: PID 1 of its own PID namespace where the machine allows it. */
export interface Container {
  readonly exited: Promise<ContainerExit>;
  /** The app's first process, as the lab sees it; 0 when it ended at once. */
  readonly pid: number;
  /** Sends to the app's first process only, as a container runtime does. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** Words that run a command inside the container, for exec probes and hooks. */
  enter(): string[];
}

/**
 * Covers /tmp with an empty one, as JVMs that are all PID 1 would otherwise share their files in it, and
 * becomes the app. What lies below /tmp and is needed is mounted into the new /tmp first.
 */
const privateTmp = `
set -e
mount -t tmpfs tmpfs "$1"
tmp=$1; folder=$2; shift 2
while [ "$1" != -- ]; do mkdir -p "$tmp\${1#/tmp}"; mount --rbind "$1" "$tmp\${1#/tmp}"; shift; done
shift
mount --rbind "$tmp" /tmp
cd "$folder"
exec "$@"
`;

function belowTmp(folders: string[]): string[] {
  const real = new Set(folders.map((folder) => realpathSync(folder)));
  return [...real].filter((folder) => folder.startsWith('/tmp/'));
}

/**
 * A container, and a hook or probe in it, sees the environment it was given: nothing of the lab's, nothing that a shell
 * adds (`PWD`), and names that a shell drops (`logging.level.root`).
 */
function onlyEnvironment(env: { [name: string]: string }): string[] {
  return ['env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
}

function wrapped(request: ContainerRequest): string[] {
  const command = [...onlyEnvironment(request.env), ...request.command];
  if (!containment().pidNamespace) return [...containedPrefix(), ...command];
  makeFolder(request.temporaryFolder);
  const visible = belowTmp([...request.visible, request.folder]);
  const names = [request.temporaryFolder, request.folder, ...visible, '--'];
  return [...containedPrefix(), 'sh', '-c', privateTmp, 'sh', ...names, ...command];
}

/** Host PID of PID 1 in the namespace: the only child of `unshare`, there about a millisecond after it. */
async function firstProcess(unsharePid: number): Promise<number> {
  const pid = String(unsharePid);
  for (let attempt = 0; attempt < 2000; attempt += 1) {
    try {
      const child = Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
      if (child > 0) return child;
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') break;
      throw error;
    }
    await sleep(0.5);
  }
  // It has ended already; its exit tells the rest.
  return 0;
}

/**
 * Puts the pod's session behind the load generator and the balancer. `nice` alone hardly works between
 * sessions, because Linux shares the CPU between sessions first (sched(7), autogroup).
 */
async function lowerPriority(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      writeFileSync(`/proc/${String(pid)}/autogroup`, '10');
      return;
    } catch (error) {
      // The kernel lets an ordinary user change it ten times a second; without autogroups there is no file.
      if (systemCodeOf(error) !== 'EAGAIN') return;
      await sleep(120);
    }
  }
}

/** When memory runs out the kernel ends a pod first, and neither the lab nor its neighbours. */
function endFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${String(pid)}/oom_score_adj`, '1000');
  } catch {
    // It has ended already, or the system is not Linux.
  }
}

function openLog(file: string): number {
  try {
    return openSync(file, 'a');
  } catch (error) {
    throw notWritable(file, error);
  }
}

function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // An empty folder that stays does no harm.
  }
}

/** Starts the app; rejects only when the lab itself cannot start processes or write its log. */
export async function startContainer(request: ContainerRequest): Promise<Container> {
  const { givesWay } = request;
  const [program = '', ...args] = [...(givesWay ? ['nice', '-n', '10'] : []), ...wrapped(request)];
  const log = openLog(request.logFile);
  // Node's own spawn: the log is a descriptor that the app writes to without the lab in between.
  const subprocess = spawn(program, args, {
    cwd: request.folder,
    env: request.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const pid = subprocess.pid ?? 0;
  let killed = false;
  const exited = once(subprocess, 'exit').then(([exitCode, signal]: (number | string | null)[]) => {
    if (containment().pidNamespace) removeFolder(request.temporaryFolder);
    else endLeftovers(pid, request.env['HOSTNAME'] ?? '');
    // `unshare` reports a killed child as exit code 1 of its own: what the lab sent, it knows better.
    if (killed) return { exitCode: null, signal: 'SIGKILL' };
    return { exitCode, signal } as ContainerExit;
  });
  // Whoever waits for the end gets the error; it may come before anybody does.
  exited.catch(() => undefined);
  const first = containment().pidNamespace ? await firstProcess(pid) : pid;
  if (givesWay) void lowerPriority(pid);
  if (first > 0) endFirst(first);
  return {
    exited,
    pid: first,
    signal(name) {
      killed ||= name === 'SIGKILL';
      try {
        if (first > 0) process.kill(first, name);
      } catch (error) {
        if (systemCodeOf(error) !== 'ESRCH') throw error;
      }
    },
    enter: () => enterCommand(first, request.env),
  };
}

function enterCommand(firstPid: number, env: { [name: string]: string }): string[] {
  const environment = onlyEnvironment(env);
  if (!containment().pidNamespace) return environment;
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  const namespaces = [...user, '--pid', '--mount', '--wd'];
  return ['nsenter', '--target', String(firstPid), ...namespaces, '--', ...environment];
}
