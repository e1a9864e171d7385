import { readdirSync, readFileSync } from 'node:fs';

const rounds = 20;

/**
 * Ends what a pod without a PID namespace has left behind: its process group, and on Linux every process that
 * was started with the pod's name in its environment, wherever it has moved to since.
 */
export function endLeftovers(processGroup: number, podName: string): void {
  if (processGroup > 1) kill(-processGroup);
  if (process.platform !== 'linux' || podName === '') return;
  // More than once: one may have forked while the others were looked at.
  for (let round = 0; round < rounds; round += 1) {
    if (!namedProcesses(podName).some(kill)) return;
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function namedProcesses(podName: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(`HOSTNAME=${podName}`))
    .map(Number);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Ended meanwhile, or another user's: then it is none of ours.
    return [];
  }
}
