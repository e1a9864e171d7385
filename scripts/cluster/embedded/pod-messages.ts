import { lastLines } from '../../support/log-tail.ts';
import type { Pod } from './pod.ts';

const shownLines = 12;

/** What a container does that ended again and again. */
export function describeCrashes({ lastExit, endedFor, wasReady }: Pod): string {
  const how = lastExit?.signal ?? `exit code ${String(lastExit?.exitCode)}`;
  if (wasReady) return `keeps ending by itself (${endedFor ?? how})`;
  return endedFor === undefined ? `exits at start (${how})` : `never becomes ready (${endedFor})`;
}

/** What the pod was told, and the end of what it said. */
export async function describeLog({
  name,
  address,
  logFile,
}: Pick<Pod, 'name' | 'address' | 'logFile'>): Promise<string> {
  const lines = await lastLines(logFile, shownLines);
  const shown = lines.length > 0 ? lines.map((line) => `  ${line}`) : ['  (nothing)'];
  return [
    `It was started with HOST=${address.host} and PORT=${String(address.port)}. Last lines of ${name}:`,
    ...shown,
    `Whole log: ${logFile}`,
  ].join('\n');
}
