import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openCacheFolder } from '../../support/cache.ts';
import { timeouts } from '../../support/timeouts.ts';
import { writeJson } from '../../support/write-whole.ts';
import { readOwner, stateOf, type Owner } from '../kubernetes/owner.ts';
import type { NodeContainer } from './containers.ts';
import { holdFile } from './held-file.ts';

const madeSchema = z.object({ containers: z.array(z.string()) });
const begunSchema = z.object({ epochMs: z.number() });

/**
 * What labs note in their cache of a cluster that they make and use: one that does not answer cannot say itself
 * whose it is, nor who uses it.
 */
export interface MadeCluster {
  /** Waits until no other lab makes or deletes the cluster, and keeps them from it until it is disposed. */
  hold(
    owner: Owner,
    options: { signal: AbortSignal; onProgress: (text: string) => void },
  ): Promise<Disposable>;
  /** These nodes were made by a lab that notes things here. */
  areOurs(containers: readonly NodeContainer[]): boolean;
  /** Its making was begun, and neither finished nor undone. */
  readonly begun: boolean;
  begin(): void;
  /** It has these nodes. */
  complete(containers: readonly NodeContainer[]): void;
  /** There is none any more. */
  forget(): void;
  /** Notes that this lab uses it, until that is disposed. */
  use(owner: Owner): Disposable;
  /** Labs that use it, beside this one. */
  users(here: Owner): Owner[];
}

/** Opens the notes on the cluster of this name. */
export async function openMade(cluster: string): Promise<MadeCluster> {
  const folder = await openCacheFolder('kind');
  const made = join(folder, `${cluster}.json`);
  const begun = join(folder, `${cluster}.begun.json`);
  const userFile = (pid: number | string) => `${cluster}.user-${pid}.json`;
  return {
    hold: (owner, options) => holdFile(join(folder, `${cluster}.lock`), owner, { ...options, what: cluster }),
    areOurs(containers) {
      const known = readAs(made, madeSchema)?.containers ?? [];
      const sinceMs = readAs(begun, begunSchema)?.epochMs ?? Infinity;
      // Not later: somebody else may have made one of this name by hand since.
      const untilMs = sinceMs + timeouts.clusterSettleMs;
      return containers.every(
        ({ id, createdMs }) => known.includes(id) || (createdMs >= sinceMs && createdMs <= untilMs),
      );
    },
    get begun() {
      return readAs(begun, begunSchema) !== undefined;
    },
    begin: () => writeJson(begun, { epochMs: Date.now() }),
    complete(containers) {
      writeJson(made, { containers: containers.map(({ id }) => id) });
      rmSync(begun, { force: true });
    },
    forget() {
      rmSync(made, { force: true });
      rmSync(begun, { force: true });
    },
    use(owner) {
      const file = join(folder, userFile(owner.pid));
      writeJson(file, owner);
      return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
    },
    users(here) {
      const names = readdirSync(folder).filter((name) => name.startsWith(userFile('').replace('.json', '')));
      const owners = names.map((name) => ({ name, owner: readOwner(read(join(folder, name))) }));
      return owners.flatMap(({ name, owner }) => {
        if (owner === undefined || stateOf(owner, here) !== 'dead')
          return owner && owner.pid !== here.pid ? [owner] : [];
        rmSync(join(folder, name), { force: true });
        return [];
      });
    },
  };
}

/** Undefined for a file that is missing. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined for a file that is missing or not what it should be. */
function readAs<Content>(file: string, schema: z.ZodType<Content>): Content | undefined {
  try {
    return schema.parse(JSON.parse(read(file) ?? ''));
  } catch {
    return undefined;
  }
}
