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

const parentDeath = ['setpriv', '--pdeathsig', 'KILL', '--'];

function namespaceCommand(): string[] {
  // An ordinary user needs a user namespace first; root does not, and may be denied one.
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [...parentDeath, 'unshare', ...user, '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
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
  const withoutParentDeath = obstacle(parentDeath);
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
  return containment().parentDeathSignal ? [...parentDeath] : [];
}
