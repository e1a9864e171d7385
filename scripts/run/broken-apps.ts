import type { Catalogue } from '../catalogue/model.ts';
import { exitCodes } from '../support/errors.ts';

/** Tells of apps that cannot be read and are left out; the exit code for a command that only plans. */
export function tellBroken({ broken }: Catalogue): number {
  for (const { id, error } of broken) {
    process.stderr.write(`apps/${id} is left out; ${error.message}\n`);
  }
  return broken.length === 0 ? exitCodes.done : exitCodes.setUp;
}
