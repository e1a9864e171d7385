import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Framework } from '../../catalogue/model.ts';

/** A folder with a cache and a log folder of its own, for one test. */
export interface Workshop {
  root: string;
  cache: string;
  logFolder: string;
}

/** Makes a workshop and points the lab's cache at it. */
export async function openWorkshop(): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), 'lab-build-'));
  const cache = join(root, 'cache');
  process.env['ZERO_DOWNTIME_LAB_CACHE'] = cache;
  return { root, cache, logFolder: join(root, 'logs') };
}

/** A framework whose folder holds `files`; built by `build`, needing only a shell. */
export async function toyFramework(
  workshop: Workshop,
  options: { id?: string; build: string; files?: { [path: string]: string } },
): Promise<Framework> {
  const id = options.id ?? 'toy';
  const folder = join(workshop.root, 'apps', id);
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? { source: 'one\n' })) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    id,
    name: 'Toy',
    language: 'shell',
    homepage: 'https://example.com',
    version: '1.0.0',
    folder,
    control: false,
    needs: [{ name: 'Node.js', command: 'node', atLeast: '20', versionCommand: ['node', '--version'] }],
    build: options.build,
    variants: [],
  };
}
