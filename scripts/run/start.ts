import { join } from 'node:path';
import { buildAll, type BuildOutcome } from '../build/all.ts';
import type { Catalogue, Plan } from '../catalogue/model.ts';
import { chooseCluster } from '../cluster/choose.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { provideK6 } from '../load/provision.ts';
import { progressOn } from '../report/progress.ts';
import type { RunInfo } from '../report/run-info.ts';
import { cacheFolder } from '../support/cache.ts';
import { monotonicMs } from '../support/clock.ts';
import type { LabOptions } from '../support/lab-options.ts';
import { projectRoot } from '../support/project.ts';
import { makeFolder, writeJson } from '../support/write-whole.ts';
import { describeRun } from './info.ts';
import { newRunId } from './run-id.ts';

/** A run that is ready for its first trial. */
export interface StartedRun extends AsyncDisposable {
  info: RunInfo;
  /** `results/runs/<id>` */
  folder: string;
  builds: Map<string, BuildOutcome>;
  cluster: Cluster;
  k6: string;
}

/** k6, then the apps, then the cluster; then what is known is written to `run.json`. */
export async function startRun(
  options: LabOptions,
  { catalogue, plan }: { catalogue: Catalogue; plan: Plan },
  signal: AbortSignal,
): Promise<StartedRun> {
  const started = new Date();
  const id = newRunId(started);
  const folder = makeFolder(join(options.results, 'runs', id));
  const line = progressOn(process.stderr);
  const k6 = await provideK6({ signal, onProgress: (text) => line.print(text) });

  const buildStartedMs = monotonicMs();
  const used = new Set(plan.trials.map(({ variant }) => variant.framework));
  const frameworks = catalogue.frameworks.filter((framework) => used.has(framework.id));
  const logFolder = makeFolder(join(folder, 'build'));
  const builds = await buildAll(frameworks, { signal, logFolder, quiet: options.json });
  const buildMs = Math.round(monotonicMs() - buildStartedMs);

  const visible = [projectRoot, options.catalogue, cacheFolder()];
  const { cluster, reasons } = chooseCluster(options.cluster, visible);
  const facts = { id, started, options, catalogue, plan, cluster: cluster.info, reasons, k6 };
  const info = await describeRun(facts);
  info.durations.buildMs = buildMs;
  writeJson(join(folder, 'run.json'), info);
  return {
    info,
    folder,
    builds,
    cluster,
    k6: k6.program,
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
