import { commandLine } from './command.ts';
import { askEngine, engineFailure } from './engine-command.ts';
import { LabError } from './errors.ts';
import { timeouts } from './timeouts.ts';

/** Tells whether the engine of this machine has an image. Throws a LabError `engine-failed`, or the signal's reason. */
export async function hasImage(image: string, signal: AbortSignal): Promise<boolean> {
  const words = ['image', 'inspect', '--format', '{{.Id}}', image];
  const { failed, problem } = await askEngine(words, { signal });
  if (!failed) return true;
  if (/no such image|image not known/i.test(problem)) return false;
  throw engineFailure(words, problem);
}

/**
 * Pulls an image of somebody else's unless the engine of this machine has it. Throws a LabError `image-missing` that
 * says what the engine answered, or the signal's reason.
 */
export async function obtainImage(
  image: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (text: string) => void },
): Promise<void> {
  if (await hasImage(image, signal)) return;
  onProgress(`pulling ${image}`);
  const words = ['pull', '--quiet', image];
  const { failed, problem } = await askEngine(words, { signal, timeoutMs: timeouts.imagePullMs });
  if (!failed) return;
  throw new LabError(
    'image-missing',
    `The lab needs the image ${image}, which this machine's engine does not have and could not pull: ${problem}\n  command: ${commandLine(['docker', ...words])}`,
  );
}
