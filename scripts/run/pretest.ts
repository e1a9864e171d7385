import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf } from '../analysis/classification.ts';
import { startLoad } from '../load/k6-load.ts';
import { makeFolder } from '../support/write-whole.ts';
import { unlessAborted } from '../support/interrupt.ts';
import type { RequestEndRecord, TimelineRecord } from '../timeline/records.ts';
import { makeHeader } from './header.ts';
import { recordTimeline, type Recording } from './recording.ts';
import { deploy, loadFrom, type TrialRequest } from './trial-request.ts';

/** The part at the end of the load in which answers are counted. */
const countedMs = 3_000;

/** What a server carries, or why that could not be found out. */
export type PretestOutcome = { carriedPerSecond: number } | { failed: string };

/**
 * Puts a deployment of its own under the load of the request for the warm-up and three seconds more, and
 * counts what is answered well in those seconds. Everything is removed at once; the timeline stays in the
 * folder. Throws only when that cannot be written.
 */
export async function runPretest(request: TrialRequest): Promise<PretestOutcome> {
  const { trial, folder } = request;
  // An earlier one, of a run that was taken up again, would be continued.
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
  const pretest = { ...trial, id: `${trial.variant.id}/${trial.scenario.id}/pretest`, kind: 'sham' as const };
  const header = makeHeader({ ...request, trial: pretest }, request.loadPlan);
  let carried = 0;
  const failure = await recordTimeline(join(folder, 'timeline.ndjson'), header, async (recording) => {
    carried = await measureCarried(request, recording);
  });
  return failure === undefined
    ? { carriedPerSecond: carried }
    : { failed: `pre-test failed: ${failure.message}` };
}

async function measureCarried(request: TrialRequest, { originMs, record }: Recording): Promise<number> {
  const { trial, signal, onStep, k6, loadPlan: plan, folder } = request;
  const ends: RequestEndRecord[] = [];
  const keep = (seen: TimelineRecord) => {
    if (Array.isArray(seen) && seen[0] === 'end') ends.push(seen);
    record(seen);
  };
  onStep('pre-test: deploying');
  await using deployment = await deploy(request, { originMs, record });
  onStep('pre-test: finding the load that the server carries');
  const { url } = deployment;
  const place = loadFrom(deployment, k6);
  await using load = await startLoad({ place, k6, url, plan, folder, originMs, record: keep });
  const broken = AbortSignal.any([signal, deployment.broken, load.broken]);
  await unlessAborted(load.firstRequest, broken);
  await unlessAborted(sleep(trial.variant.warmUpMs + countedMs), broken);
  const toEpochMs = Date.now() + load.clock.offsetMs;
  await unlessAborted(load.stop(), broken);
  return carriedPerSecond(ends, { fromEpochMs: toEpochMs - countedMs, toEpochMs });
}

/** Requests/s that were answered well and ended in this time of the wall clock. */
export function carriedPerSecond(
  ends: readonly RequestEndRecord[],
  { fromEpochMs, toEpochMs }: { fromEpochMs: number; toEpochMs: number },
): number {
  const answered = ends.filter((end) => {
    const [, , epochMs, status, errorCode, errorText, , , , , , , bodyMatches] = end;
    if (epochMs <= fromEpochMs || epochMs > toEpochMs) return false;
    return outcomeOf({ status, errorCode, errorText, bodyMatches }).kind === 'ok';
  });
  return (answered.length * 1000) / (toEpochMs - fromEpochMs);
}
