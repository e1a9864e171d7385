import { obtainImage } from '../../support/engine-images.ts';
import { LabError } from '../../support/errors.ts';

/** Version of Kubernetes where nobody asks for another. */
export const defaultKubernetes = '1.34.4';

/** `kindest/node:v1.34.4` */
export function nodeImageOf(kubernetes: string): string {
  return `kindest/node:v${kubernetes}`;
}

/** Pulls the node image unless it is there. Throws a LabError `image-missing`, or the signal's reason. */
export async function requireNodeImage(
  image: string,
  options: { signal: AbortSignal; onProgress: (text: string) => void },
): Promise<void> {
  try {
    await obtainImage(image, options);
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'image-missing') throw error;
    const advice = [
      'Choose a version that kind has images of with --kubernetes (https://github.com/kubernetes-sigs/kind/releases),',
      'or bring the image from another machine with `docker save` and `docker load`.',
    ];
    throw new LabError(error.code, [error.message, ...advice].join('\n'), { cause: error });
  }
}
