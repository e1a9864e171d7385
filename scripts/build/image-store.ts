import { commandLine } from '../support/command.ts';
import { askEngine, engineFailure, runEngine } from '../support/engine-command.ts';
import { LabError } from '../support/errors.ts';
import { timeouts } from '../support/timeouts.ts';

const keptImages = 3;

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

/** Makes an image the newest of its kind, so that it is not the next to be pruned. */
export async function markAsUsed(image: string, signal: AbortSignal): Promise<void> {
  await runEngine(['image', 'tag', image, image], { signal });
}

/**
 * Removes the images with this label (`name=value`) in the repository of an image, beyond the three that were built
 * or used last. One that a container has stays. Returns the tags of those that are gone; none where the engine fails,
 * as it does when another lab removes one meanwhile.
 */
export async function pruneImages(image: string, label: string, signal: AbortSignal): Promise<string[]> {
  const [repository = '', current = ''] = image.split(':');
  const filters = ['--filter', `reference=${repository}`, '--filter', `label=${label}`];
  const listed = await linesOf(['image', 'ls', ...filters, '--format', '{{.Tag}}'], signal);
  // Whatever somebody else tagged is theirs. Tags of the same content have one time, so the image itself is set apart.
  const tags = listed.filter((tag) => /^[0-9a-f]{16}$/.test(tag) && tag !== current);
  if (tags.length < keptImages) return [];
  const names = tags.map((tag) => `${repository}:${tag}`);
  const format = '{{json .Metadata.LastTagTime}}';
  const times = await linesOf(['image', 'inspect', '--format', format, ...names], signal);
  if (times.length !== tags.length) return [];
  const newestFirst = tags
    .map((tag, index) => ({ tag, used: Date.parse(JSON.parse(times[index] ?? '""') as string) }))
    .sort((a, b) => b.used - a.used);
  const removed: string[] = [];
  for (const { tag } of newestFirst.slice(keptImages - 1)) {
    const { failed } = await askEngine(['image', 'rm', `${repository}:${tag}`], { signal });
    if (!failed) removed.push(tag);
  }
  return removed;
}

async function linesOf(args: string[], signal: AbortSignal): Promise<string[]> {
  const { failed, stdout } = await askEngine(args, { signal });
  return failed ? [] : stdout.split('\n');
}
