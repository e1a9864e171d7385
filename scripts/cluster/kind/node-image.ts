import { askEngine } from '../../support/engine-command.ts';
import { LabError } from '../../support/errors.ts';
import { timeouts } from '../../support/timeouts.ts';

/** Version of Kubernetes where nobody asks for another. */
export const defaultKubernetes = '1.34.4';

/** `kindest/node:v1.34.4` */
export function nodeImageOf(kubernetes: string): string {
  return `kindest/node:v${kubernetes}`;
}

/** Pulls the node image unless it is there. Throws a LabError `node-image-missing`, or the signal's reason. */
export async function requireNodeImage(
  image: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (text: string) => void },
): Promise<void> {
  if (!(await askEngine(['image', 'inspect', '--format', '{{.Id}}', image], { signal })).failed) return;
  onProgress(`pulling ${image}, about 450 MB`);
  const options = { signal, timeoutMs: timeouts.nodeImagePullMs };
  const { failed, problem } = await askEngine(['pull', '--quiet', image], options);
  if (!failed) return;
  const message = [
    `The node image ${image} is not on this machine and cannot be pulled: ${problem}`,
    'Choose a version that kind has images of with --kubernetes (https://github.com/kubernetes-sigs/kind/releases),',
    'or bring the image from another machine with `docker save` and `docker load`.',
  ];
  throw new LabError('node-image-missing', message.join('\n'));
}
