import { constants } from 'node:os';

const meanings = new Map<number, string>([
  [126, 'found, but could not be run'],
  [127, 'command not found'],
]);

const signalNames = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/**
 * How a process ended, in words: `exit code 137 (ended by SIGKILL, often for lack of memory)`. Codes above
 * 128 are a shell's way to say that a signal ended the command (POSIX, 2.8.2 Exit Status for Commands).
 */
export function describeExit(exitCode: number | undefined, signal?: string): string {
  if (signal !== undefined) return `ended by ${signal}`;
  if (exitCode === undefined) return 'could not be started';
  const meaning = meanings.get(exitCode) ?? signalMeaning(exitCode - 128);
  return `exit code ${exitCode}${meaning === undefined ? '' : ` (${meaning})`}`;
}

function signalMeaning(signalNumber: number): string | undefined {
  const name = signalNames.get(signalNumber);
  if (name === undefined) return undefined;
  return name === 'SIGKILL' ? 'ended by SIGKILL, often for lack of memory' : `ended by ${name}`;
}
