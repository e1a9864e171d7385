import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join, relative } from 'node:path';
import type { BrokenApp, Catalogue, Plan } from '../catalogue/model.ts';
import { checkNeeds } from '../build/toolchains.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { runSchema, type Fingerprints, type RowInfo, type RunInfo } from '../report/run-info.ts';
import { requireEngine } from '../support/engine.ts';
import type { LabOptions } from '../support/lab-options.ts';
import { projectRoot } from '../support/project.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { plannedProbes } from './probe/stored.ts';

export interface RunFacts {
  id: string;
  started: Date;
  options: LabOptions;
  catalogue: Catalogue;
  plan: Plan;
  cluster: Pick<Cluster, 'info' | 'takes'>;
  reasons: string[];
  k6Version: string;
  /** Of the run when it began, where it is taken up again. */
  fingerprints?: Fingerprints;
}

function labVersion(): string {
  const text = readFileSync(join(projectRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The versions of what the planned apps are built and run with, as found on this machine; images bring their own. */
async function toolchainVersions({ catalogue, plan, cluster }: RunFacts): Promise<Record<string, string>> {
  if (cluster.takes === 'image') return { 'container engine': await requireEngine() };
  const used = new Set(plan.trials.map(({ variant }) => variant.framework));
  const versions: Record<string, string> = {};
  for (const { needs } of catalogue.frameworks.filter(({ id }) => used.has(id))) {
    for (const need of needs) {
      const found = await checkNeeds([need]);
      versions[need.name] = 'reason' in found ? found.reason : (found.versions[need.command] ?? '');
    }
  }
  return versions;
}

function rows({ catalogue, plan }: RunFacts): RowInfo[] {
  const restarts = plan.trials.filter(({ kind }) => kind === 'restart');
  return catalogue.frameworks.flatMap((framework) =>
    framework.variants.flatMap((variant): RowInfo[] => {
      const trials = restarts.filter((trial) => trial.variant.id === variant.id);
      if (trials.length === 0) return [];
      const { name, version, homepage, control } = framework;
      const { id, server, setting } = variant;
      const scenarios = [...new Set(trials.map(({ scenario }) => scenario.id))];
      return [{ variant: id, framework: name, server, version, setting, homepage, control, scenarios }];
    }),
  );
}

/** Of these nobody asked by name, or there would be no run. */
function brokenApps({ catalogue, options }: RunFacts): BrokenApp[] {
  return options.only.length === 0 ? catalogue.broken : [];
}

function unreadableRow(id: string): RowInfo {
  const unknown = { server: '', version: '', setting: '', homepage: '' };
  return { variant: id, framework: id, ...unknown, control: false, scenarios: [] };
}

function unreadableFailures(facts: RunFacts): RunInfo['rowFailures'] {
  return brokenApps(facts).map(({ id, error }) => {
    const [, ...problems] = error.message.split('\n');
    return { variant: id, reason: problems.join('; ') };
  });
}

function scenarios({ catalogue, plan }: RunFacts): { id: string; title: string }[] {
  const used = new Set(plan.trials.map(({ scenario }) => scenario.id));
  return catalogue.scenarios.filter(({ id }) => used.has(id)).map(({ id, title }) => ({ id, title }));
}

/** What the manifests ask for and the embedded cluster does not do. */
function manifestLimits({ plan, cluster }: RunFacts): string[] {
  if (cluster.takes === 'image') return [];
  return [...new Set(plan.trials.flatMap(({ scenario }) => scenario.manifest.limits))];
}

/** All that is known of a run before its first trial. */
export async function describeRun(facts: RunFacts): Promise<RunInfo> {
  const { id, started, options, plan, cluster, reasons, k6Version } = facts;
  const { only, repeat, ratePerSecond, controls, trigger } = options;
  // The probe starts processes of its own, so it says nothing of images.
  const probe = options.probe && cluster.takes === 'folder';
  const measured = rows(facts);
  const processors = cpus();
  return {
    schema: runSchema,
    id,
    started: started.toISOString(),
    finished: null,
    interrupted: false,
    seed: plan.seed,
    options: {
      only,
      scenarios: options.scenarios,
      repeat,
      ratePerSecond,
      controls,
      trigger,
      probe,
      catalogue: relative(projectRoot, options.catalogue) || '.',
    },
    cluster: { ...cluster.info, limits: [...cluster.info.limits, ...manifestLimits(facts)], reasons },
    versions: {
      lab: labVersion(),
      node: process.version,
      k6: k6Version,
      toolchains: await toolchainVersions(facts),
    },
    host: {
      platform: `${type()} ${process.arch}`,
      kernel: release(),
      cpuModel: processors[0]?.model ?? 'unknown',
      cpus: processors.length,
      memoryBytes: totalmem(),
    },
    scenarios: scenarios(facts),
    rows: [...measured, ...brokenApps(facts).map(({ id }) => unreadableRow(id))],
    rowFailures: unreadableFailures(facts),
    trials: plan.trials.map((trial) => trial.id),
    ...(probe && { probes: plannedProbes(measured, facts.catalogue) }),
    durations: { buildMs: null, probesMs: null, trialsMs: null },
    fingerprints: await fingerprintsOf(facts),
  };
}
