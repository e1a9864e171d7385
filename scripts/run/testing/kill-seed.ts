import { randomInt } from 'node:crypto';
import { seededRandom } from '../../support/random.ts';

/** Fixes the random moments of a test that kills; `KILL_SEED` gives those of an earlier run again. */
export const killSeed = Number(process.env['KILL_SEED'] ?? randomInt(1_000_000));

/** From 0 to below 1. */
export const killRandom = seededRandom(killSeed);
