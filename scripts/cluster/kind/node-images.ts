import { join } from 'node:path';
import { z } from 'zod';
import { openCacheFolder } from '../../support/cache.ts';
import { runCommand } from '../../support/command.ts';
import { askEngine, runEngine } from '../../support/engine-command.ts';
import { LabError } from '../../support/errors.ts';
import type { ProvideImage } from '../kubernetes/cluster.ts';

/** A manifest has a `config`, an index has `manifests`: one for each platform, and attestations. */
const manifestSchema = z.looseObject({
  config: z.looseObject({ digest: z.string() }).optional(),
  manifests: z.array(z.looseObject({ digest: z.string() })).optional(),
});

export interface NodeImagesOptions {
  /** The kind program. */
  kind: string;
  cluster: string;
  /** Names of the node containers. */
  nodes: string[];
}

/** Loads images of this machine's engine into the nodes of a kind cluster, those that are not there already. */
export function loadImages({ kind, cluster, nodes }: NodeImagesOptions): ProvideImage {
  return async (image, signal) => {
    const id = await engineImageId(image, signal);
    const without: string[] = [];
    for (const node of nodes) if (!(await nodeHas(node, image, { id, signal }))) without.push(node);
    if (without.length === 0) return { image, loaded: false };
    const folder = await openCacheFolder('kind');
    await runCommand({
      purpose: `loading ${image} into the kind cluster ${cluster}`,
      code: 'image-not-loaded',
      argv: [kind, 'load', 'docker-image', image, '--name', cluster, '--nodes', without.join()],
      cwd: folder,
      logFile: join(folder, `${cluster}.load.log`),
      signal,
    });
    return { image, loaded: true };
  };
}

async function engineImageId(image: string, signal: AbortSignal): Promise<string> {
  const words = ['image', 'inspect', '--format', '{{.Id}}', image];
  const { failed, stdout, problem } = await askEngine(words, { signal });
  if (!failed) return stdout.trim();
  throw new LabError('image-missing', `The image ${image} is not on this machine: ${problem}`);
}

/**
 * The engine calls an image by the digest of its configuration, or of its manifest where it stores them as containerd
 * does; the node's containerd has both below the name.
 */
async function nodeHas(
  node: string,
  image: string,
  { id, signal }: { id: string; signal: AbortSignal },
): Promise<boolean> {
  const ctr = ['exec', node, 'ctr', '--namespace=k8s.io'];
  const listed = await runEngine([...ctr, 'images', 'ls', `name==${fullName(image)}`], { signal });
  // REF TYPE DIGEST ...
  const digest = listed.split('\n')[1]?.split(/\s+/)[2];
  if (digest === undefined) return false;
  if (digest === id) return true;
  const digests = [digest];
  for (const next of digests) {
    const { failed, stdout } = await askEngine([...ctr, 'content', 'get', next], { signal });
    // Of other platforms only the names are there.
    if (failed) continue;
    const { config, manifests = [] } = manifestSchema.parse(JSON.parse(stdout));
    if (config?.digest === id) return true;
    digests.push(...manifests.map((manifest) => manifest.digest));
  }
  return false;
}

/** As containerd writes it: `docker.io/grafana/k6:2.2.0`. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const tagged = /:[^/]*$|@/.test(image) ? image : `${image}:latest`;
  if (rest.length === 0) return `docker.io/library/${tagged}`;
  const isRegistry = /[.:]/.test(first) || first === 'localhost';
  return isRegistry ? tagged : `docker.io/${tagged}`;
}
