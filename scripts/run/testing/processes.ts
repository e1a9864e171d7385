import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process of this machine, as `/proc` shows it. */
export interface FoundProcess {
  pid: number;
  command: string;
  /** `NAME=value` each, as it was started. */
  environment: string[];
}

/** Processes that fit; zombies have neither a command nor an environment and are left out. Linux only. */
export function processesThat(fits: (found: FoundProcess) => boolean): FoundProcess[] {
  return globSync('/proc/[0-9]*').flatMap((folder) => {
    try {
      const read = (file: string) => readFileSync(join(folder, file), 'utf8').split('\0');
      const command = read('cmdline').join(' ').trim();
      const found = { pid: Number(folder.slice('/proc/'.length)), command, environment: read('environ') };
      return command !== '' && fits(found) ? [found] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
