import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { analyseTrial } from '../analysis/analyse.ts';
import type { TrialFindings } from '../analysis/findings.ts';
import type { Trial } from '../catalogue/model.ts';
import type { Cluster, Deployment } from '../cluster/cluster.ts';
import { startLoad } from '../load/k6-load.ts';
import type { Load, LoadPlan } from '../load/load.ts';
import { monotonicMs, readClocks, roundMs } from '../support/clock.ts';
import { LabError, messageOf } from '../support/errors.ts';
import { unlessAborted } from '../support/interrupt.ts';
import { makeFolder, writeJson, writeWhole } from '../support/write-whole.ts';
import { readTimeline } from '../timeline/read.ts';
import type { ClockRecord, TimelineRecord } from '../timeline/records.ts';
import { openTimeline } from '../timeline/writer.ts';
import { makeHeader, tailMs } from './header.ts';
import { timedTrial } from './history.ts';
import { measureUsage } from './usage.ts';

/** Load of the sham trial after its warm-up: about as long as a restart of a server that starts quickly. */
const shamMs = 8_000;

export interface TrialRequest {
  trial: Trial;
  cluster: Cluster;
  /** Folder of the built app. */
  artefact: string;
  loadPlan: LoadPlan;
  k6: string;
  /** The trial's own folder. */
  folder: string;
  signal: AbortSignal;
  /** What it does now, for the progress line. */
  onStep: (step: string) => void;
}

/** What came of a trial: findings, or why the server could not even be deployed. */
export type TrialOutcome = { findings: TrialFindings } | { deployFailed: string };

const codesWithoutFindings = new Set(['deploy-failed', 'balancer-failed', 'no-address']);

interface Recording {
  originMs: number;
  record: (record: TimelineRecord) => void;
}

function clockRecord(originMs: number): ClockRecord {
  const clocks = readClocks();
  return { type: 'clock', atMs: roundMs(clocks.monotonicMs - originMs), epochMs: clocks.epochMs };
}

/**
 * Runs one trial and keeps everything it sees in `timeline.ndjson`; then reads the file back and analyses
 * it, so that what the lab shows is what `report` will find. Throws only when the results cannot be written;
 * every other failure, an interrupt too, is a record, and so a reason in the findings.
 */
export async function runTrial(request: TrialRequest): Promise<TrialOutcome> {
  const { trial, folder } = request;
  const startedMs = monotonicMs();
  const { variant, scenario, ...identity } = trial;
  const plain = { ...identity, variant, scenario: { ...scenario, manifest: scenario.manifest.file } };
  makeFolder(folder);
  writeJson(join(folder, 'trial.json'), plain);
  writeWhole(join(folder, 'manifest.yaml'), scenario.manifest.text);

  const deployFailed = await recordTrial(request, join(folder, 'timeline.ndjson'));
  writeJson(join(folder, 'trial.json'), { ...plain, ...timedTrial(trial, monotonicMs() - startedMs) });
  if (deployFailed !== undefined) return { deployFailed };
  const findings = analyseTrial(await readTimeline(join(folder, 'timeline.ndjson')));
  writeJson(join(folder, 'findings.json'), findings);
  return { findings };
}

async function recordTrial(request: TrialRequest, file: string): Promise<string | undefined> {
  const originMs = monotonicMs();
  await using timeline = openTimeline(file);
  let open = true;
  // A process that is being ended may still have something to say when the trial is over.
  const record = (seen: TimelineRecord) => {
    if (open) timeline.append(seen);
  };
  record(makeHeader(request.trial, request.cluster.info, request.loadPlan));
  record(clockRecord(originMs));
  try {
    await measure(request, { originMs, record });
    return undefined;
  } catch (error) {
    const code = error instanceof LabError ? error.code : 'lab-defect';
    // A defect keeps its stack: somebody will have to find it.
    const detail = error instanceof Error && code === 'lab-defect' ? (error.stack ?? '') : messageOf(error);
    record({ type: 'problem', atMs: roundMs(monotonicMs() - originMs), code, detail });
    return codesWithoutFindings.has(code) ? messageOf(error) : undefined;
  } finally {
    record(clockRecord(originMs));
    open = false;
  }
}

/** deploy, load, warm-up, restart, tail, stop. */
async function measure(request: TrialRequest, recording: Recording): Promise<void> {
  const { trial, onStep, signal } = request;
  onStep('deploying');
  await using deployment = await deploy(request, recording);
  onStep('starting the load');
  await using load = await startLoad({
    k6: request.k6,
    url: deployment.url,
    plan: request.loadPlan,
    folder: request.folder,
    ...recording,
  });
  const broken = AbortSignal.any([signal, deployment.broken, load.broken]);
  const step = <Value>(name: string, work: Promise<Value>) => {
    onStep(name);
    return unlessAborted(work, broken);
  };
  await unlessAborted(load.firstRequest, broken);
  const usage = measureUsage([
    { process: 'lab', pid: process.pid },
    { process: 'k6', pid: load.pid },
    ...deployment.instrumentPids,
  ]);
  await step('warming up', sleep(trial.variant.warmUpMs));
  if (trial.kind === 'sham') await step('load without a restart', sleep(shamMs));
  else await step('restarting', deployment.restart());
  await step('waiting for open requests', settle(load, recording.originMs));
  for (const used of usage(roundMs(monotonicMs() - recording.originMs))) recording.record(used);
  await step('stopping the load', load.stop());
  onStep('removing the pods');
}

function deploy(request: TrialRequest, recording: Recording): Promise<Deployment> {
  const { trial, cluster, artefact, folder, signal } = request;
  const { variant, scenario } = trial;
  const env = { HELLO_REST_REQUEST_DELAY: String(scenario.requestDelaySeconds) };
  const logFolder = join(folder, 'pods');
  return cluster.deploy({
    variant,
    manifest: scenario.manifest,
    artefact,
    env,
    logFolder,
    signal,
    ...recording,
  });
}

async function settle(load: Load, originMs: number): Promise<void> {
  const sinceMs = monotonicMs() - originMs;
  await Promise.all([sleep(tailMs), load.settled(sinceMs)]);
}
