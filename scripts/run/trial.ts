import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { analyseTrial } from '../analysis/analyse.ts';
import type { TrialFindings } from '../analysis/findings.ts';
import type { Load } from '../load/load.ts';
import { overloadOf } from '../load/rate.ts';
import { monotonicMs, roundMs } from '../support/clock.ts';
import { LabError } from '../support/errors.ts';
import { unlessAborted } from '../support/interrupt.ts';
import { makeFolder, writeJson, writeWhole } from '../support/write-whole.ts';
import { readTimeline } from '../timeline/read.ts';
import { makeHeader, tailMs } from './header.ts';
import { timedTrial } from './history.ts';
import { PreparedLoad } from './prepared-load.ts';
import { isDeployFailure, recordTimeline, type Recording } from './recording.ts';
import { deploy, type TrialRequest } from './trial-request.ts';
import { measureUsage } from './usage.ts';

/** Load of the sham trial after its warm-up: about as long as a restart of a server that starts quickly. */
const shamMs = 8_000;

/** What came of a trial: findings, or why there are none. */
export type TrialOutcome =
  | { findings: TrialFindings }
  /** The server could not even be deployed. */
  | { deployFailed: string }
  /** It does not carry the load without a restart. */
  | { overloaded: string };

export interface TrialRules {
  /** The trial ends with its warm-up when the server does not carry the load. */
  mustCarry: boolean;
}

/**
 * Runs one trial and keeps everything it sees in `timeline.ndjson`; then reads the file back and analyses
 * it, so that what the lab shows is what `report` will find. Throws only when the results cannot be written;
 * every other failure, an interrupt too, is a record, and so a reason in the findings.
 */
export async function runTrial(request: TrialRequest, rules: TrialRules): Promise<TrialOutcome> {
  const { trial, folder } = request;
  const startedMs = monotonicMs();
  const { variant, scenario, ...identity } = trial;
  const plain = { ...identity, variant, scenario: { ...scenario, manifest: scenario.manifest.file } };
  makeFolder(folder);
  writeJson(join(folder, 'trial.json'), plain);
  writeWhole(join(folder, 'manifest.yaml'), scenario.manifest.text);

  const timeline = join(folder, 'timeline.ndjson');
  const header = makeHeader(request, request.loadPlan);
  const failure = await recordTimeline(timeline, header, (recording) => measure(request, recording, rules));
  if (failure?.code === overloaded) return { overloaded: failure.message };
  writeJson(join(folder, 'trial.json'), { ...plain, ...timedTrial(trial, monotonicMs() - startedMs) });
  if (failure !== undefined && isDeployFailure(failure)) return { deployFailed: failure.message };
  const findings = analyseTrial(await readTimeline(timeline));
  writeJson(join(folder, 'findings.json'), findings);
  return { findings };
}

const overloaded = 'overloaded';

/** deploy, load, warm-up, restart, tail, stop. */
async function measure(request: TrialRequest, recording: Recording, rules: TrialRules): Promise<void> {
  const { trial, onStep, signal } = request;
  await using undo = new AsyncDisposableStack();
  onStep('deploying');
  const prepared = undo.use(new PreparedLoad(request, recording));
  const deployment = undo.use(await deploy(request, recording, (target) => prepared.prepare(target)));
  onStep('starting the load');
  const load = undo.use(await prepared.begin(deployment));
  const broken = AbortSignal.any([signal, deployment.broken, load.broken]);
  const step = <Value>(name: string, work: Promise<Value>) => {
    onStep(name);
    return unlessAborted(work, broken);
  };
  await unlessAborted(load.firstRequest, broken);
  const usage = await measureUsage([
    { process: 'lab', pid: process.pid },
    { process: 'k6', usage: () => load.usage() },
    ...deployment.instrumentPids,
  ]);
  await step('warming up', sleep(trial.variant.warmUpMs));
  if (rules.mustCarry) await requireCarried(request, load);
  if (trial.kind === 'sham') await step('load without a restart', sleep(shamMs));
  else await step('restarting', deployment.restart(request.trigger));
  await step('waiting for open requests', settle(request, load, recording.originMs));
  for (const used of await usage(roundMs(monotonicMs() - recording.originMs))) recording.record(used);
  await step('stopping the load', load.stop());
  onStep('removing the pods');
  await Promise.all([load[Symbol.asyncDispose](), deployment[Symbol.asyncDispose]()]);
}

async function requireCarried({ trial, loadPlan }: TrialRequest, load: Load): Promise<void> {
  const overload = overloadOf(load.pressure(), loadPlan, trial.scenario.requestDelaySeconds);
  if (overload === undefined) return;
  // In order, so that the records say how many requests were dropped.
  await load.stop();
  throw new LabError(overloaded, overload);
}

async function settle({ loadPlan }: TrialRequest, load: Load, originMs: number): Promise<void> {
  const sinceMs = monotonicMs() - originMs;
  await Promise.all([sleep(tailMs(loadPlan)), load.settled(sinceMs)]);
}
