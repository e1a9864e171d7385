import { join, resolve } from 'node:path';
import type { Catalogue, Plan } from '../catalogue/model.ts';
import { makePlan, type PlanRequest } from '../catalogue/plan.ts';
import { startEmbeddedCluster } from '../cluster/embedded/embedded.ts';
import type { ClusterInfo } from '../cluster/cluster.ts';
import { k6Version } from '../load/k6-release.ts';
import { searchK6 } from '../load/provision.ts';
import type { RunInfo } from '../report/run-info.ts';
import { exitCodes, LabError } from '../support/errors.ts';
import type { LabOptions } from '../support/lab-options.ts';
import { projectRoot } from '../support/project.ts';
import { requireUnchanged } from './changes.ts';
import { readRunCatalogue } from './controls.ts';
import { embeddedDelay } from './embedded-delay.ts';
import { describeRun } from './info.ts';
import { readKept } from './kept.ts';
import { readAllProbed } from './probe/stored.ts';
import type { PlannedRun } from './planned.ts';
import { readInfo } from './stored-run.ts';

/**
 * Plans what is missing of a stored run, by the run's own options and seed; with a larger `--repeat` the further
 * repetitions are missing too. Nothing is left to do when every trial has been measured; what has changed since
 * does then not matter.
 *
 * @throws LabError `run-changed` (exit code 3) when the rest would not be measured like the beginning, `usage`
 * (exit code 64) for fewer repetitions than there are.
 */
export async function planRest(given: LabOptions, folder: string): Promise<PlannedRun> {
  const begun = readInfo(join(folder, 'run.json'));
  const stored = withRepetitions(begun, given);
  const kept = readKept(folder, stored.trials);
  // One that failed is tried again, as a trial is.
  const probed = (await readAllProbed(folder, stored)).filter(({ failure }) => failure === null);
  const options = storedOptions(stored, given);
  const { id, seed } = stored;
  const common = { id, folder, options, kept, probed, stored };
  const isLonger = stored.options.repeat > begun.options.repeat;
  if (!isLonger && kept.length === stored.trials.length && probed.length === (stored.probes ?? []).length) {
    const nothing: Plan = { seed, trials: [] };
    const catalogue: Catalogue = { frameworks: [], broken: [], scenarios: [] };
    return { ...common, catalogue, plan: nothing, rest: nothing };
  }
  const catalogue = await readRunCatalogue(options);
  const plan = planAgain({ ...options, seed, catalogue });
  const now = await describeNow(stored, { options, catalogue, plan });
  // Further repetitions come after those that were planned.
  requireUnchanged(begun, { ...now, trials: now.trials.slice(0, begun.trials.length) });
  stored.trials = now.trials;
  const done = new Set(kept.map(({ trial }) => trial.id));
  const rest = { seed, trials: plan.trials.filter((trial) => !done.has(trial.id)) };
  return { ...common, catalogue, plan, rest };
}

function withRepetitions(begun: RunInfo, { repeat, repeatGiven }: LabOptions): RunInfo {
  const { options } = begun;
  if (repeatGiven && repeat < options.repeat)
    throw new LabError(
      'usage',
      `--repeat: expected at least ${options.repeat}, the repetitions that run ${begun.id} was begun with, found ${repeat}. A run cannot be shortened: leave it out, or ask for more`,
      { exitCode: exitCodes.usage },
    );
  return { ...begun, options: { ...options, repeat: Math.max(repeat, options.repeat) } };
}

function storedOptions({ seed, options, cluster }: RunInfo, given: LabOptions): LabOptions {
  return {
    ...given,
    ...options,
    probe: options.probe ?? false,
    seed,
    cluster: cluster.name as LabOptions['cluster'],
    kubernetes: cluster.name === 'kind' ? (cluster.kubernetes ?? undefined) : undefined,
    trigger: options.trigger ?? 'rolling-restart',
    catalogue: resolve(projectRoot, options.catalogue ?? '.'),
  };
}

/** The plan, or an empty one where it asks for what is not there any more: the comparison tells what that is. */
function planAgain(request: PlanRequest): Plan {
  try {
    return makePlan(request);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { seed: request.seed, trials: [] };
  }
}

/** A Kubernetes would have to be made to be asked: it is taken to be as it was, as its version is an option of the run. */
async function clusterNow(stored: RunInfo['cluster']): Promise<ClusterInfo> {
  if (stored.name !== 'embedded') return { kubernetes: null, ...stored } as ClusterInfo;
  await using cluster = startEmbeddedCluster({ ...embeddedDelay(), visible: [] });
  return cluster.info;
}

/** What `run.json` would say if the run began now. */
async function describeNow(
  { id, fingerprints, cluster: stored }: RunInfo,
  planned: { options: LabOptions; catalogue: Catalogue; plan: Plan },
): Promise<RunInfo> {
  return await describeRun({
    ...planned,
    id,
    started: new Date(),
    cluster: { info: await clusterNow(stored), takes: stored.name === 'embedded' ? 'folder' : 'image' },
    reasons: stored.reasons,
    // Without one on this machine the pinned version is made.
    k6Version: (await searchK6()).k6?.version ?? k6Version,
    ...(fingerprints && { fingerprints }),
  });
}
