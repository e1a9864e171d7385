import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { z } from 'zod';
import { LabError } from '../../support/errors.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { proxyRequests } from './settle.ts';

const name = 'zero-downtime-lab';
const place = 'kube-system';

/** What a cluster says of its making, in a ConfigMap. */
export interface Marker {
  /** User and machine whose lab made it. */
  maker: string;
  nodeImage: string;
  /** SHA-256 of the file that kind made it from, and of what the lab sets in it. */
  config: string;
}

const markerSchema: z.ZodType<Marker> = z.object({
  maker: z.string(),
  nodeImage: z.string(),
  config: z.string(),
});
const configMapSchema = z.looseObject({ data: z.unknown() });

/** What a cluster that this lab makes now says of itself. */
export function markerOf(nodeImage: string, configFile: string): Marker {
  const config = createHash('sha256').update(readFileSync(configFile)).update(proxyRequests).digest('hex');
  return { maker: `${userName()} on ${hostname()}`, nodeImage, config };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have a number only.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Undefined for a cluster that no lab made, or did not finish. Throws a LabError when it does not answer. */
export async function readMarker(kubectl: Kubectl): Promise<Marker | undefined> {
  const words = ['get', 'configmap', name, '--ignore-not-found', '--output=json'];
  const text = await kubectl.in(place).run(words);
  if (text.trim() === '') return undefined;
  const { data } = configMapSchema.parse(JSON.parse(text));
  const marker = markerSchema.safeParse(data);
  if (marker.success) return marker.data;
  throw new LabError('cluster-taken', `The ConfigMap ${place}/${name} is not one that this lab makes.`);
}

/** Marks a cluster as made by this lab, which it may delete again. */
export async function writeMarker(kubectl: Kubectl, marker: Marker): Promise<void> {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: marker };
  await kubectl.in(place).run(['create', '-f', '-'], { input: JSON.stringify(configMap) });
}
