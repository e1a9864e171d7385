import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { processTree } from './processes.ts';

/** Of the processors that this process may run on, the first, if there are others. */
function firstOfSeveral(): string | undefined {
  const status = readFileSync('/proc/self/status', 'utf8');
  const allowed = /^Cpus_allowed_list:\s+(\d+)([-,]\S+)?$/m.exec(status);
  return allowed?.[2] === undefined ? undefined : allowed[1];
}

/**
 * Keeps a process, its descendants and their threads to one processor, so that the others are free for what
 * measures it. Without a second processor, without `taskset` (util-linux) and where the system is not Linux,
 * nothing happens: what measures has to find out by itself whether it came too late.
 */
export async function keepToOneProcessor(pid: number): Promise<void> {
  if (process.platform !== 'linux' || pid === 0) return;
  const processor = firstOfSeveral();
  if (processor === undefined) return;
  const confine = (id: number) =>
    execa('taskset', ['--all-tasks', '--cpu-list', '--pid', processor, String(id)], { reject: false });
  await Promise.all(processTree(pid).map(confine));
}
