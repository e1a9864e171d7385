import { askEngine, runEngine } from '../support/engine-command.ts';

const keptImages = 3;

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
