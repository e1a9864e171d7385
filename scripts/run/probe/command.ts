import type { ProbeSubject } from './subject.ts';

const graceMs = 15_000;

/** Where one word after the other is not the whole: then the shell has to stay, or do as its text says. */
const severalCommands = /[;&|\n]/;

/**
 * A command that a user typed, run by the shell in `folder`. The server takes the place of the shell: as its
 * child it would not be the process that gets SIGTERM. Of several commands the last has to be called by `exec`.
 */
export function commandSubject(typed: string, folder: string): ProbeSubject {
  // `env`, as an assignment may come first: `exec A=1 node` looks for a program of that name.
  const script = severalCommands.test(typed) ? typed : `exec env ${typed}`;
  return {
    id: typed,
    base: 'command',
    about: '',
    command: ['sh', '-c', script],
    folder,
    env: {},
    port: undefined,
    graceMs,
    memoryLimitBytes: undefined,
  };
}
