import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { checkToolchain } from '../build/toolchains.ts';
import type { Catalogue } from '../catalogue/model.ts';
import { readCatalogue } from '../catalogue/read.ts';
import { searchK6 } from '../load/provision.ts';
import { cacheFolder } from '../support/cache.ts';
import { LabError } from '../support/errors.ts';
import type { Check } from './check.ts';
import { wayTo } from './provided.ts';

const enoughDiskBytes = 2 * 2 ** 30;

/** Where k6 comes from, or would come from; nothing is built. */
export async function checkLoad(): Promise<Check[]> {
  const { k6, ...ways } = await searchK6();
  return [{ area: 'load', name: 'k6', ...wayTo({ found: k6, ...ways }) }];
}

/** The catalogue, and the toolchains its apps need. A missing one only costs its rows. */
export async function checkApps(root: string): Promise<Check[]> {
  let catalogue: Catalogue;
  try {
    catalogue = await readCatalogue(root);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [{ area: 'apps', name: 'catalogue', status: 'missing', detail: error.message }];
  }
  const { frameworks, broken, scenarios } = catalogue;
  const counts = `${frameworks.length} frameworks, ${scenarios.length} scenarios`;
  return [
    { area: 'apps', name: 'catalogue', status: 'ok', detail: counts },
    ...broken.map(({ id, error }): Check => {
      return { area: 'apps', name: id, status: 'missing', detail: error.message };
    }),
    ...(await checkNeeded(catalogue)),
  ];
}

async function checkNeeded({ frameworks }: Catalogue): Promise<Check[]> {
  const checks: Check[] = [];
  const seen = new Set<string>();
  for (const need of frameworks.flatMap((framework) => framework.needs)) {
    const key = JSON.stringify(need);
    if (seen.has(key)) continue;
    seen.add(key);
    const users = frameworks.filter(({ needs }) => needs.some((other) => JSON.stringify(other) === key));
    const ids = users.map(({ id }) => id).join(', ');
    const result = await checkToolchain(need);
    checks.push({
      area: 'apps',
      name: `${need.name} ≥ ${need.atLeast}`,
      status: 'version' in result ? 'ok' : 'limited',
      detail: 'version' in result ? `${result.version}, for ${ids}` : `${ids} skipped: ${result.reason}`,
    });
  }
  return checks;
}

/** The cache and the room for it. */
export async function checkDisk(): Promise<Check[]> {
  const folder = cacheFolder();
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  const freeBytes = bavail * bsize;
  const size = existing === folder ? await sizeOf(folder) : 'not made yet';
  return [
    { area: 'disk', name: 'cache', status: 'ok', detail: `${folder}, ${size}` },
    {
      area: 'disk',
      name: 'free',
      status: freeBytes >= enoughDiskBytes ? 'ok' : 'limited',
      detail: `${gibibytes(freeBytes)}${freeBytes >= enoughDiskBytes ? '' : `; builds may need ${gibibytes(enoughDiskBytes)}`}`,
    },
  ];
}

async function sizeOf(folder: string): Promise<string> {
  const result = await execa('du', ['-sk', folder], { reject: false, stdin: 'ignore' });
  const kibibytes = Number(/^\d+/.exec(result.stdout)?.[0]);
  return Number.isNaN(kibibytes) ? 'of unknown size' : `${(kibibytes / 1024).toFixed(0)} MiB`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
