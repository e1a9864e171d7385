import { spawnSync } from 'node:child_process';
import { timeouts } from './timeouts.ts';

/** What this machine allows for keeping processes apart and for ending them with the lab. */
export interface Containment {
  /** True when a command can be PID 1 of a PID namespace of its own. */
  pidNamespace: boolean;
  /** True when a command can be made to end with its parent (Linux's parent-death signal). */
  parentDeathSignal: boolean;
  /** Why a PID namespace is or is not used, for `doctor` and the report. */
  reason: string;
}

/**
 * A lab that is killed before its child asks for the parent-death signal leaves it waiting for a signal that has been sent:
 * who asks must then look whether its parent is still there (prctl(2), PR_SET_PDEATHSIG). setpriv and unshare do not.
 */
function parentDeath(): string[] {
  const checked = '[ "$PPID" = "$1" ] || exit; shift; exec "$@"';
  return ['setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', checked, 'sh', String(process.pid)];
}

/**
 * The first process in the namespace does not see its parent, `unshare`. It is given a descriptor that lists the children
 * of `unshare`: none is left when that has ended (proc_tid_children(5)).
 */
function namespaceCommand(): string[] {
  const watched = 'exec 9< "/proc/$$/task/$$/children" && exec "$@"';
  const checked = 'read -r child <&9; [ -n "$child" ] || exit; exec "$@" 9<&-';
  // An ordinary user needs a user namespace first; root does not, and may be denied one.
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const unshare = ['unshare', ...user, '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  return [...parentDeath(), 'sh', '-c', watched, 'sh', ...unshare, 'sh', '-c', checked, 'sh'];
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** Runs `true` behind the prefix; undefined when it works, else what stands in the way. */
function obstacle(prefix: string[]): string | undefined {
  const [program = '', ...rest] = prefix;
  const result = spawnSync(program, [...rest, 'true'], {
    encoding: 'utf8',
    timeout: timeouts.containmentCheckMs,
  });
  if (result.error) return result.error.message;
  if (result.status === 0) return undefined;
  return firstLine(result.stderr) || `${program} ended with exit code ${String(result.status)}`;
}

function detect(): Containment {
  if (process.platform !== 'linux') {
    return {
      pidNamespace: false,
      parentDeathSignal: false,
      reason: `PID namespaces are a feature of Linux; this is ${process.platform}`,
    };
  }
  const withoutParentDeath = obstacle(parentDeath());
  if (withoutParentDeath !== undefined) {
    const reason = `setpriv (util-linux) does not work here: ${withoutParentDeath}`;
    return { pidNamespace: false, parentDeathSignal: false, reason };
  }
  const withoutNamespace = obstacle(namespaceCommand());
  return withoutNamespace === undefined
    ? { pidNamespace: true, parentDeathSignal: true, reason: 'unshare --pid works' }
    : {
        pidNamespace: false,
        parentDeathSignal: true,
        reason: `unshare --pid does not work here: ${withoutNamespace}`,
      };
}

let detected: Containment | undefined;

/** Tries once what this machine allows; later calls answer from memory. */
export function containment(): Containment {
  detected ??= detect();
  return detected;
}

/**
 * Words to put before a command so that it is PID 1 of its own PID namespace and everything it starts
 * ends with the lab, even after `kill -9`. Empty where that is not possible. Never spawn it from a worker
 * thread: the parent-death signal follows the thread, not the process (prctl(2), PR_SET_PDEATHSIG).
 */
export function containedPrefix(): string[] {
  return containment().pidNamespace ? namespaceCommand() : parentDeathPrefix();
}

/** Words to put before a single-process command so that it ends with the lab; empty where not possible. */
export function parentDeathPrefix(): string[] {
  return containment().parentDeathSignal ? parentDeath() : [];
}
