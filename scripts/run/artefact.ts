import type { BuildOutcome } from '../build/all.ts';

/** The built folder of a framework, or a sentence that says why there is none. */
export function artefactOf(
  framework: string,
  builds: ReadonlyMap<string, BuildOutcome>,
): { folder: string } | string {
  const outcome = builds.get(framework);
  if (outcome === undefined) return 'not built';
  if ('artefact' in outcome) return { folder: outcome.artefact.folder };
  return 'skipped' in outcome ? `skipped: ${outcome.skipped}` : `build failed: ${outcome.failed}`;
}
