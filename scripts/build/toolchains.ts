import type { Toolchain } from '../catalogue/model.ts';
import { checkProgram, type ProgramCheck } from '../support/program.ts';

/** What an app needs is here, with its versions, or a sentence saying what is missing. */
export type NeedsCheck = { versions: { [command: string]: string } } | { reason: string };

const checks = new Map<string, Promise<ProgramCheck>>();

/**
 * Looks for one toolchain; asks each program once, since several apps need the same. The reason reads
 * `needs Go ≥ 1.24, not found`.
 */
export function checkToolchain(toolchain: Toolchain): Promise<ProgramCheck> {
  const key = JSON.stringify([toolchain, process.env['PATH']]);
  const known = checks.get(key);
  if (known !== undefined) return known;
  const check = checkProgram(toolchain);
  checks.set(key, check);
  return check;
}

/** Looks for everything an app needs; the reason names all that is missing. */
export async function checkNeeds(needs: Toolchain[]): Promise<NeedsCheck> {
  const versions: { [command: string]: string } = {};
  const reasons: string[] = [];
  for (const toolchain of needs) {
    const check = await checkToolchain(toolchain);
    if ('version' in check) versions[toolchain.command] = check.version;
    else reasons.push(check.reason);
  }
  return reasons.length === 0 ? { versions } : { reason: reasons.join('; ') };
}
