import { exitCodes } from '../support/errors.ts';
import type { RunReport } from './model.ts';

/** What a run proves, as the exit code of `lab` and `report`: 2 when a control failed or no trial was valid. */
export function exitCodeOf({ verdict, trials }: Pick<RunReport, 'verdict' | 'trials'>): number {
  const proven = verdict !== 'invalid' && trials.some(({ invalid }) => invalid.length === 0);
  return proven ? exitCodes.done : exitCodes.notProven;
}
