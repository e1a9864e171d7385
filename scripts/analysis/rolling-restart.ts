import type { HeaderRecord } from '../timeline/records.ts';

/** Only this ends every replica, one after the other; how many another trigger ends depends on the cluster. */
export function isRollingRestart({ trigger }: Pick<HeaderRecord['trial'], 'trigger'>): boolean {
  return trigger === undefined || trigger === 'rolling-restart';
}
