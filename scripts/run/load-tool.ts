import { obtainImage } from '../support/engine-images.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { k6Image, k6Version } from '../load/k6-release.ts';
import { provideK6 } from '../load/provision.ts';
import type { ProvideOptions } from '../support/provide.ts';

/** What makes load: the program of k6, or its image where load comes from inside the cluster. */
export interface LoadTool {
  name: string;
  version: string;
}

/** Finds or makes what this cluster's load comes from. Throws a LabError, or the signal's reason. */
export async function provideLoadTool(cluster: Cluster, options: ProvideOptions): Promise<LoadTool> {
  if (cluster.takes === 'folder') {
    const { program, version } = await provideK6(options);
    return { name: program, version };
  }
  const { signal, onProgress } = options;
  await obtainImage(k6Image, { signal, onProgress });
  const { image } = await cluster.provideImage(k6Image, signal);
  return { name: image, version: k6Version };
}
