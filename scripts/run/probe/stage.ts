import { join } from 'node:path';
import { analyseProbe } from '../../analysis/probe/findings.ts';
import { analyseSweep } from '../../analysis/probe/sweep.ts';
import type { ProbedVariant } from '../../analysis/probed.ts';
import type { Catalogue } from '../../catalogue/model.ts';
import { makeSinglePods, type SinglePods } from '../../cluster/embedded/single-pod.ts';
import { progressOn, type ProgressLine } from '../../report/progress.ts';
import type { RunInfo } from '../../report/run-info.ts';
import { cacheFolder } from '../../support/cache.ts';
import { monotonicMs } from '../../support/clock.ts';
import { LabError } from '../../support/errors.ts';
import { projectRoot } from '../../support/project.ts';
import { sweepConnections } from '../../support/probe-options.ts';
import { makeFolder, writeJson } from '../../support/write-whole.ts';
import type { Artefacts } from '../artefacts.ts';
import { probeVariant } from './probe-variant.ts';
import type { ProbeRequest } from './run-session.ts';
import { resetProbe, sweptOnly, timeProbe } from './stored.ts';
import { variantSubject, type ChosenVariant } from './subject.ts';
import { sweepVariant } from './sweep-variant.ts';

export interface ProbeStage {
  info: RunInfo;
  /** `results/runs/<id>` */
  folder: string;
  catalogue: Catalogue;
  artefacts: Artefacts;
  /** What need not be probed again. */
  probed: readonly ProbedVariant[];
  signal: AbortSignal;
}

/**
 * Probes and sweeps every variant of the run once, one after the other, but for those that have been; writes
 * `run.json` after each. A variant that cannot be probed costs its own probe only. Ends early when interrupted.
 */
export async function probeVariants(stage: ProbeStage): Promise<ProbedVariant[]> {
  const { info, folder, probed: earlier, signal } = stage;
  const line = progressOn(process.stderr);
  if (info.options.probe !== true) return [];
  const startedMs = monotonicMs();
  const earlierMs = info.durations.probesMs ?? 0;
  const pods = makeSinglePods([projectRoot, join(projectRoot, info.options.catalogue ?? '.'), cacheFolder()]);
  const probed: ProbedVariant[] = [];
  for (const variant of info.probes ?? []) {
    if (signal.aborted) break;
    const known = earlier.find((candidate) => candidate.variant === variant);
    const result = known ?? (await probeOne(stage, { variant, pods, line }));
    if (result === undefined) break;
    probed.push(result);
    if (known !== undefined) continue;
    info.durations.probesMs = Math.round(earlierMs + monotonicMs() - startedMs);
    writeJson(join(folder, 'run.json'), info);
    line.print(`${variant}: ${result.failure ?? result.probe?.strategy ?? 'swept'}`);
  }
  return probed;
}

/** What costs one variant its probe; everything else, such as a full disk, concerns them all. */
const ownFailures = ['app-not-answering', 'sweep-failed'];

/** Undefined when it was interrupted. */
async function probeOne(
  stage: ProbeStage,
  { variant, pods, line }: { variant: string; pods: SinglePods; line: ProgressLine },
): Promise<ProbedVariant | undefined> {
  const { artefacts, signal } = stage;
  const startedMs = monotonicMs();
  const folder = resetProbe(stage.folder, variant);
  const chosen = choose(stage.catalogue, variant);
  if (chosen === undefined) return keep(folder, failed(variant, 'it is not in the catalogue any more'));
  const artefact = artefacts.get(variant) ?? 'not built';
  if (typeof artefact === 'string') return keep(folder, failed(variant, artefact));
  if (!('folder' in artefact)) throw new Error(`the probe starts processes, not images (${artefact.image})`);
  const subject = variantSubject(chosen, artefact.folder);
  makeFolder(folder);
  const request: ProbeRequest = { subject, pods, folder, repeat: 1, signal, progress: line };
  try {
    const sessions = sweptOnly(variant) ? [] : await probeVariant(request);
    // Without a valid sweep of a control the whole run is invalid: rather a minute more.
    const triesEach = chosen.framework.control ? 10 : 3;
    const sweeps = await sweepVariant({ ...request, connections: sweepConnections, triesEach });
    if (signal.aborted) return undefined;
    timeProbe(folder, variant, monotonicMs() - startedMs);
    return keep(folder, {
      variant,
      probe: sessions.length === 0 ? null : analyseProbe(sessions),
      sweep: analyseSweep(sweeps),
      failure: null,
    });
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof LabError) || !ownFailures.includes(error.code)) throw error;
    return keep(folder, failed(variant, error.message));
  }
}

function choose({ frameworks, scenarios }: Catalogue, id: string): ChosenVariant | undefined {
  const manifest = scenarios[0]?.manifest;
  for (const framework of frameworks) {
    const variant = framework.variants.find((candidate) => candidate.id === id);
    if (variant && manifest) return { framework, variant, manifest };
  }
  return undefined;
}

function failed(variant: string, reason: string): ProbedVariant {
  return { variant, probe: null, sweep: null, failure: reason.split('\n')[0] ?? '' };
}

function keep(folder: string, probed: ProbedVariant): ProbedVariant {
  writeJson(join(makeFolder(folder), 'findings.json'), probed);
  return probed;
}
