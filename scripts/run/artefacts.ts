import { buildAll, buildImages } from '../build/all.ts';
import type { Framework } from '../catalogue/model.ts';
import type { Artefact, Cluster } from '../cluster/cluster.ts';
import type { BuildInfo } from '../report/run-info.ts';

/** By variant: what its pods are made of, or a sentence that says why there is nothing. */
export type Artefacts = ReadonlyMap<string, Artefact | string>;

export interface MakeOptions {
  signal: AbortSignal;
  /** Takes the logs of the builds. */
  logFolder: string;
  /** Shows no progress. */
  quiet: boolean;
}

/** Builds what the pods of this cluster are made of; images are brought to it. Throws what the builds throw. */
export async function makeArtefacts(
  frameworks: Framework[],
  cluster: Pick<Cluster, 'takes' | 'provideImage'>,
  options: MakeOptions,
): Promise<{ artefacts: Artefacts; builds: BuildInfo[] }> {
  const outcomes =
    cluster.takes === 'folder'
      ? await foldersOf(frameworks, options)
      : await buildImages(frameworks, { ...options, provide: (...image) => cluster.provideImage(...image) });
  const artefacts = new Map<string, Artefact | string>();
  const builds = new Map<Made, BuildInfo>();
  for (const { id, framework } of frameworks.flatMap(({ variants }) => variants)) {
    const outcome = outcomes.get(id);
    artefacts.set(id, artefactOf(outcome));
    if (outcome === undefined || !('artefact' in outcome)) continue;
    const { durationMs, cached } = outcome.artefact;
    // Several variants may share one build.
    builds.set(outcome.artefact, { framework, durationMs: Math.round(durationMs), cached });
  }
  return { artefacts, builds: [...builds.values()] };
}

type Made = Artefact & { durationMs: number; cached: boolean };
type Outcome = { artefact: Made } | { skipped: string } | { failed: string };

async function foldersOf(frameworks: Framework[], options: MakeOptions): Promise<Map<string, Outcome>> {
  const byFramework = await buildAll(frameworks, options);
  return new Map(
    frameworks.flatMap(({ id, variants }) => {
      const outcome = byFramework.get(id);
      return outcome === undefined ? [] : variants.map((variant): [string, Outcome] => [variant.id, outcome]);
    }),
  );
}

function artefactOf(outcome: Outcome | undefined): Artefact | string {
  if (outcome === undefined) return 'not built';
  if ('artefact' in outcome) return outcome.artefact;
  return 'skipped' in outcome ? `skipped: ${outcome.skipped}` : `build failed: ${outcome.failed}`;
}
