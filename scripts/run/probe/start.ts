import { join } from 'node:path';
import { buildFramework } from '../../build/native.ts';
import { makeSinglePods, type SinglePods } from '../../cluster/embedded/single-pod.ts';
import { progressOn, type ProgressLine } from '../../report/progress.ts';
import { probeReportSchema, type ProbeInfo } from '../../report/probe/model.ts';
import { cacheFolder } from '../../support/cache.ts';
import type { ProbeOptions } from '../../support/probe-options.ts';
import { projectRoot } from '../../support/project.ts';
import { makeFolder, writeJson } from '../../support/write-whole.ts';
import { newRunId } from '../run-id.ts';
import { commandSubject } from './command.ts';
import { chooseVariant, variantSubject, type ChosenVariant, type ProbeSubject } from './subject.ts';

/** What is to be probed, before anything is built or written. */
export interface PlannedProbe {
  options: ProbeOptions;
  chosen: ChosenVariant | ProbeSubject;
  /** Its folder's name. */
  id: string;
  /** `results/probes/<id>` */
  folder: string;
}

/** Looks up what the options name. Throws what `chooseVariant` throws. */
export async function planProbe(options: ProbeOptions): Promise<PlannedProbe> {
  const { subject, catalogue, results } = options;
  const chosen =
    'command' in subject
      ? commandSubject(subject.command, typedIn())
      : await chooseVariant(catalogue, subject.variant);
  const base = 'variant' in chosen ? chosen.variant.id.replace('/', '-') : chosen.base;
  const id = `${newRunId(new Date())}-${base}`;
  return { options, chosen, id, folder: join(results, 'probes', id) };
}

/** npm changes to the project's folder; a command is meant to run where it was typed. */
function typedIn(): string {
  return process.env['INIT_CWD'] ?? process.cwd();
}

/** A probe that is ready for its first pod. */
export interface StartedProbe {
  info: ProbeInfo;
  folder: string;
  subject: ProbeSubject;
  pods: SinglePods;
  repeat: number;
  signal: AbortSignal;
  progress: ProgressLine;
}

/** Builds the app, where there is one to be built, and writes `probe.json`. Throws what `buildFramework` throws. */
export async function startProbe(planned: PlannedProbe, signal: AbortSignal): Promise<StartedProbe> {
  const { options, chosen, id, folder } = planned;
  const progress = progressOn(process.stderr);
  makeFolder(folder);
  const subject = 'variant' in chosen ? await build(chosen, { folder, signal, progress }) : chosen;
  const pods = makeSinglePods([projectRoot, options.catalogue, cacheFolder()]);
  const info: ProbeInfo = {
    schema: probeReportSchema,
    id,
    variant: subject.id,
    about: subject.about,
    started: new Date().toISOString(),
    finished: null,
    interrupted: false,
    pid1: pods.pid1,
    repeat: options.repeat,
    sweep: options.sweep ?? null,
  };
  writeJson(join(folder, 'probe.json'), info);
  return { info, folder, subject, pods, repeat: options.repeat, signal, progress };
}

async function build(
  chosen: ChosenVariant,
  { folder, signal, progress }: Pick<StartedProbe, 'folder' | 'signal' | 'progress'>,
): Promise<ProbeSubject> {
  const artefact = await buildFramework(chosen.framework, {
    signal,
    logFolder: join(folder, 'build'),
    onProgress: (line) => progress.show(`building ${chosen.framework.id}: ${line}`),
  });
  progress.clear();
  return variantSubject(chosen, artefact.folder);
}
