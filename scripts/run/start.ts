import { join } from 'node:path';
import { chooseCluster, startCluster } from '../cluster/choose.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { progressOn } from '../report/progress.ts';
import type { BuildInfo, RunInfo } from '../report/run-info.ts';
import { cacheFolder } from '../support/cache.ts';
import { monotonicMs } from '../support/clock.ts';
import { exitCodes, LabError } from '../support/errors.ts';
import { projectRoot } from '../support/project.ts';
import { makeFolder, writeJson } from '../support/write-whole.ts';
import { makeArtefacts, type Artefacts } from './artefacts.ts';
import { embeddedDelay } from './embedded-delay.ts';
import { describeRun } from './info.ts';
import { putAside } from './kept.ts';
import { provideLoadTool } from './load-tool.ts';
import type { PlannedRun } from './planned.ts';
import { requireSameKubernetes, requireTrigger } from './requirements.ts';
import { newRunId } from './run-id.ts';
import { resumeCommand } from './stored-run.ts';

/** A run that is ready for its first trial. */
export interface StartedRun extends AsyncDisposable {
  info: RunInfo;
  /** `results/runs/<id>` */
  folder: string;
  artefacts: Artefacts;
  cluster: Cluster;
  /** The program of k6, or its image where load comes from inside the cluster. */
  k6: string;
}

/** The cluster, then k6; then what is known is written to `run.json`; then the apps. */
export async function startRun(planned: PlannedRun, signal: AbortSignal): Promise<StartedRun> {
  const { id, folder, options } = planned;
  const started = new Date();
  makeFolder(folder);
  const line = progressOn(process.stderr);
  const onProgress = (text: string) => line.print(text);

  await using undo = new AsyncDisposableStack();
  const visible = [projectRoot, options.catalogue, cacheFolder()];
  const choice = await chooseCluster(options.cluster);
  const embedded = () => ({ ...embeddedDelay(), visible });
  const cluster = undo.use(await startCluster(choice, { ...options, run: id, embedded, signal, onProgress }));
  requireTrigger(cluster, options.trigger);
  const k6 = await provideLoadTool(cluster, { signal, onProgress });
  const { reasons } = choice;
  const info = planned.stored
    ? takeUp(planned.stored, planned, { now: started, cluster })
    : await describeRun({ ...planned, id, started, cluster, reasons, k6Version: k6.version });
  writeJson(join(folder, 'run.json'), info);
  const artefacts = await makeAll(planned, { info, cluster, signal });
  const end = undo.move();
  return {
    info,
    folder,
    artefacts,
    cluster,
    k6: k6.name,
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/** The run goes on: what is tried again has not failed yet, and what was recorded half is put aside. */
function takeUp(
  stored: RunInfo,
  { folder, rest }: PlannedRun,
  { now, cluster }: { now: Date; cluster: Cluster },
): RunInfo {
  requireSameKubernetes(stored, cluster.info);
  putAside({ folder, info: stored }, rest.trials, newRunId(now));
  const again = new Set(rest.trials.map(({ variant }) => variant.id));
  return {
    ...stored,
    finished: null,
    interrupted: false,
    rowFailures: stored.rowFailures.filter(({ variant }) => !again.has(variant)),
    resumed: [...(stored.resumed ?? []), now.toISOString()],
  };
}

/** Builds what the missing trials need and adds to `run.json` how long it took. */
async function makeAll(
  { folder, catalogue, rest, options }: PlannedRun,
  { info, cluster, signal }: { info: RunInfo; cluster: Cluster; signal: AbortSignal },
): Promise<Artefacts> {
  const startedMs = monotonicMs();
  const used = new Set([
    ...rest.trials.map(({ variant }) => variant.framework),
    ...(info.probes ?? []).map((variant) => variant.split('/')[0]),
  ]);
  const frameworks = catalogue.frameworks.filter((framework) => used.has(framework.id));
  const logFolder = makeFolder(join(folder, 'build'));
  try {
    const made = await makeArtefacts(frameworks, cluster, { signal, logFolder, quiet: options.json });
    info.durations.buildMs = (info.durations.buildMs ?? 0) + Math.round(monotonicMs() - startedMs);
    info.builds = joinBuilds(info.builds ?? [], made.builds);
    return made.artefacts;
  } catch (error) {
    if (!signal.aborted) throw error;
    info.interrupted = true;
    const { interrupted: exitCode } = exitCodes;
    const message = `Interrupted. Go on with: ${resumeCommand(folder)}`;
    throw new LabError('interrupted', message, { exitCode, cause: error });
  } finally {
    writeJson(join(folder, 'run.json'), info);
  }
}

/** What was built when the run began counts: later it is found in the cache. */
function joinBuilds(earlier: BuildInfo[], builds: BuildInfo[]): BuildInfo[] {
  const known = new Set(earlier.map(({ framework }) => framework));
  return [...earlier, ...builds.filter(({ framework }) => !known.has(framework))];
}
