import type { Framework } from '../catalogue/model.ts';
import { monotonicMs } from '../support/clock.ts';
import { requireEngine } from '../support/engine.ts';
import { imageJobs } from './image-jobs.ts';
import { buildImage, type BuiltImage } from './image.ts';
import { buildFramework, type Artefact } from './native.ts';
import { buildOneByOne, type BuildAllOptions, type BuildStep, type Outcome } from './one-by-one.ts';
import { checkNeeds } from './toolchains.ts';

/** What became of a framework. */
export type BuildOutcome = Outcome<Artefact>;

/** What became of the image of a variant. */
export type ImageOutcome = Outcome<BuiltImage>;

/**
 * Builds one framework after the other, showing progress, and tells by framework id what became of each. A
 * missing toolchain or an app that does not build does not stop the others. Throws only the signal's reason
 * and what is a defect of the lab.
 */
export function buildAll(
  frameworks: Framework[],
  options: BuildAllOptions,
): Promise<Map<string, BuildOutcome>> {
  const { signal, logFolder } = options;
  const steps = frameworks.map((framework): BuildStep<Artefact> => ({
    name: framework.id,
    ids: [framework.id],
    build: async (onProgress) => {
      const needs = await checkNeeds(framework.needs);
      if ('reason' in needs) return { skipped: needs.reason };
      return { artefact: await buildFramework(framework, { signal, logFolder, onProgress }) };
    },
  }));
  return buildOneByOne(steps, options);
}

export interface BuildImagesOptions extends BuildAllOptions {
  /** Brings an image to where pods can have it, unless it is there; they know it by the name in the answer. */
  provide: (image: string, signal: AbortSignal) => Promise<{ image: string; loaded: boolean }>;
}

/**
 * Builds and provides the images of all variants that the frameworks list, and tells by variant id what became of
 * each: variants that differ only by their command have the same. An image that does not build costs its own variants
 * only. Throws a LabError `engine-missing`, the signal's reason, and what is a defect of the lab.
 */
export async function buildImages(
  frameworks: Framework[],
  options: BuildImagesOptions,
): Promise<Map<string, ImageOutcome>> {
  await requireEngine();
  return buildOneByOne(
    frameworks.flatMap((framework) => imageSteps(framework, options)),
    options,
  );
}

function imageSteps(
  framework: Framework,
  { signal, logFolder, provide }: BuildImagesOptions,
): BuildStep<BuiltImage>[] {
  const without = framework.variants.filter(({ image }) => image === undefined);
  const skipped = 'no Dockerfile in its folder';
  return [
    ...imageJobs(framework).map((job): BuildStep<BuiltImage> => ({
      name: job.name,
      ids: job.variants.map(({ id }) => id),
      build: async (onProgress) => {
        const startedMs = monotonicMs();
        const built = await buildImage(job, { signal, logFolder, onProgress });
        onProgress('to the cluster');
        const { image, loaded } = await provide(built.image, signal);
        const durationMs = monotonicMs() - startedMs;
        return { artefact: { image, cached: built.cached && !loaded, durationMs } };
      },
    })),
    ...(without.length === 0
      ? []
      : [
          { name: framework.id, ids: without.map(({ id }) => id), build: () => Promise.resolve({ skipped }) },
        ]),
  ];
}
