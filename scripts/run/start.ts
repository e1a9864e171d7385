import { join } from 'node:path';
import { buildAll, type BuildOutcome } from '../build/all.ts';
import { chooseCluster } from '../cluster/choose.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { provideK6 } from '../load/provision.ts';
import { progressOn } from '../report/progress.ts';
import type { BuildInfo, RunInfo } from '../report/run-info.ts';
import { cacheFolder } from '../support/cache.ts';
import { monotonicMs } from '../support/clock.ts';
import { exitCodes, LabError } from '../support/errors.ts';
import { projectRoot } from '../support/project.ts';
import { makeFolder, writeJson } from '../support/write-whole.ts';
import { describeRun } from './info.ts';
import { putAside } from './kept.ts';
import type { PlannedRun } from './planned.ts';
import { newRunId } from './run-id.ts';
import { resumeCommand } from './stored-run.ts';

/** A run that is ready for its first trial. */
export interface StartedRun extends AsyncDisposable {
  info: RunInfo;
  /** `results/runs/<id>` */
  folder: string;
  builds: Map<string, BuildOutcome>;
  cluster: Cluster;
  k6: string;
}

/** k6, then the cluster; then what is known is written to `run.json`; then the apps. */
export async function startRun(planned: PlannedRun, signal: AbortSignal): Promise<StartedRun> {
  const { id, folder, options } = planned;
  const started = new Date();
  makeFolder(folder);
  const line = progressOn(process.stderr);
  const k6 = await provideK6({ signal, onProgress: (text) => line.print(text) });

  await using undo = new AsyncDisposableStack();
  const visible = [projectRoot, options.catalogue, cacheFolder()];
  const { cluster, reasons } = chooseCluster(options.cluster, visible);
  undo.use(cluster);
  const info = planned.stored
    ? takeUp(planned.stored, planned, started)
    : await describeRun({ ...planned, id, started, cluster: cluster.info, reasons, k6Version: k6.version });
  writeJson(join(folder, 'run.json'), info);
  const builds = await buildApps(planned, info, signal);
  const end = undo.move();
  return {
    info,
    folder,
    builds,
    cluster,
    k6: k6.program,
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/** The run goes on: what is tried again has not failed yet, and what was recorded half is put aside. */
function takeUp(stored: RunInfo, { folder, rest }: PlannedRun, now: Date): RunInfo {
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
async function buildApps(
  { folder, catalogue, rest, options }: PlannedRun,
  info: RunInfo,
  signal: AbortSignal,
): Promise<Map<string, BuildOutcome>> {
  const startedMs = monotonicMs();
  const used = new Set([
    ...rest.trials.map(({ variant }) => variant.framework),
    ...(info.probes ?? []).map((variant) => variant.split('/')[0]),
  ]);
  const frameworks = catalogue.frameworks.filter((framework) => used.has(framework.id));
  const logFolder = makeFolder(join(folder, 'build'));
  try {
    const builds = await buildAll(frameworks, { signal, logFolder, quiet: options.json });
    info.durations.buildMs = (info.durations.buildMs ?? 0) + Math.round(monotonicMs() - startedMs);
    info.builds = joinBuilds(info.builds ?? [], builds);
    return builds;
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
function joinBuilds(earlier: BuildInfo[], outcomes: Map<string, BuildOutcome>): BuildInfo[] {
  const known = new Set(earlier.map(({ framework }) => framework));
  const added = [...outcomes].flatMap(([framework, outcome]) => {
    if (known.has(framework) || !('artefact' in outcome)) return [];
    const { durationMs, cached } = outcome.artefact;
    return [{ framework, durationMs: Math.round(durationMs), cached }];
  });
  return [...earlier, ...added];
}
