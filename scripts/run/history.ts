import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trialKey, type TrialHistory } from '../catalogue/estimate.ts';
import type { Trial } from '../catalogue/model.ts';

/** What `trial.json` says of how long the trial took, whole and wall-clock, and `probe.json` of a probe. */
interface Timed {
  key: string;
  durationMs: number;
}

function readTimed(file: string): Timed | undefined {
  try {
    const { key, durationMs } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Timed>;
    return typeof key === 'string' && typeof durationMs === 'number' ? { key, durationMs } : undefined;
  } catch {
    // An estimate is not worth an error: a broken file of an old run is the business of `report`.
    return undefined;
  }
}

// Only repetitions: what was put aside, such as `1.overloaded`, is no measure of a trial.
const timedFiles = ['*/*/*/*/+([0-9])/trial.json', '*/*/*/_probe/probe.json'];

/** How long trials and probes took on this machine, from the runs below the results folder; the newest counts. */
export function readHistory(results: string): TrialHistory {
  const history = new Map<string, number>();
  for (const file of globSync(timedFiles, { cwd: join(results, 'runs') }).sort()) {
    const timed = readTimed(join(results, 'runs', file));
    if (timed) history.set(timed.key, timed.durationMs);
  }
  return history;
}

/** What to add to `trial.json` once the trial is over. */
export function timedTrial(trial: Trial, durationMs: number): Timed {
  return timed(trialKey(trial), durationMs);
}

/** The same for whatever else has a key. */
export function timed(key: string, durationMs: number): Timed {
  return { key, durationMs: Math.round(durationMs) };
}
