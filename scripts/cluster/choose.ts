import { checkEngine } from '../support/engine.ts';
import { LabError } from '../support/errors.ts';
import type { ClusterName } from '../support/lab-options.ts';
import type { Cluster } from './cluster.ts';
import { startEmbeddedCluster, type EmbeddedOptions } from './embedded/embedded.ts';
import { openContext } from './kind/context.ts';
import { startKindCluster } from './kind/kind.ts';
import { defaultKubernetes } from './kind/node-image.ts';

/** Which cluster a run uses, and every reason for the choice. */
export interface Choice {
  name: ClusterName;
  reasons: string[];
}

/** What the cluster is to be, as far as the user says. */
export interface ClusterWish {
  kubernetes: string | undefined;
  registry: string | undefined;
  keep: boolean;
}

export interface StartOptions extends ClusterWish {
  /** Id of the run. */
  run: string;
  /** What the embedded cluster is to be. */
  embedded: () => EmbeddedOptions;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * Chooses the cluster that was asked for, else kind where a container engine answers, else the embedded one; starts
 * nothing. Throws a LabError `engine-missing` when kind was asked for and no engine answers.
 */
export async function chooseCluster(asked: ClusterName | undefined): Promise<Choice> {
  if (asked !== undefined && asked !== 'kind') return { name: asked, reasons: [`--cluster ${asked}`] };
  const engine = await checkEngine();
  if (asked === undefined) {
    return 'version' in engine
      ? { name: 'kind', reasons: [`a container engine answers (${engine.version})`] }
      : { name: 'embedded', reasons: [`kind needs a container engine: ${engine.reason}`] };
  }
  if ('version' in engine)
    return { name: asked, reasons: [`--cluster kind; a container engine answers (${engine.version})`] };
  throw new LabError(
    'engine-missing',
    `--cluster kind needs a container engine: ${engine.reason}. Without one there is --cluster embedded.`,
  );
}

/** Starts the cluster that was chosen. Throws a LabError, or the signal's reason. */
export async function startCluster({ name }: Choice, options: StartOptions): Promise<Cluster> {
  const { kubernetes = defaultKubernetes } = options;
  if (name === 'embedded') return startEmbeddedCluster(options.embedded());
  if (name === 'kind') return startKindCluster({ ...options, kubernetes });
  return openContext({ ...options, context: name.replace(/^context:/, '') });
}
