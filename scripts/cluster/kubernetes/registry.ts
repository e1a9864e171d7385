import { LabError } from '../../support/errors.ts';
import { runEngine } from '../../support/engine-command.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { ProvideImage } from './cluster.ts';

/** Where the nodes of a context can pull from, and this machine can push to: `ghcr.io/somebody`. */
export function pushImages(registry: string): ProvideImage {
  const pushed = new Set<string>();
  return async (image, signal) => {
    const name = `${registry.replace(/\/+$/, '')}/${image.replace(/^.*\//, '')}`;
    if (pushed.has(name)) return { image: name, loaded: false };
    await runEngine(['tag', image, name], { signal });
    try {
      await runEngine(['push', '--quiet', name], { signal, timeoutMs: timeouts.imagePushMs });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LabError)) throw error;
      const hint = `Log in with \`docker login\`, and choose with --registry a place that this machine may write to and the nodes may read from`;
      throw new LabError('image-not-pushed', `${name} cannot be pushed. ${hint}.\n${error.message}`, {
        cause: error,
      });
    }
    pushed.add(name);
    return { image: name, loaded: true };
  };
}
