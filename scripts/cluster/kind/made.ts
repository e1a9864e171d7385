import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openCacheFolder } from '../../support/cache.ts';
import { LabError, systemCodeOf } from '../../support/errors.ts';
import { writeJson } from '../../support/write-whole.ts';
import type { NodeContainer } from './containers.ts';
import { describeOwner, readOwner, stateOf, type Owner } from '../kubernetes/owner.ts';

const madeSchema = z.object({ containers: z.array(z.string()) });
const begunSchema = z.object({ owner: z.string(), epochMs: z.number() });

/**
 * What this lab has noted in its cache of the clusters it makes: a cluster that does not answer cannot say itself
 * whose it is.
 */
export interface MadeClusters {
  /** These nodes were made by this lab, as far as it noted. */
  areOurs(containers: readonly NodeContainer[]): boolean;
  /** Notes that a cluster is being made. Throws a LabError `cluster-busy` while another lab does that. */
  begin(owner: Owner): void;
  /** It has these nodes. */
  complete(containers: readonly NodeContainer[]): void;
  /** There is none any more. */
  forget(): void;
}

/** Opens the notes on the cluster of this name. */
export async function openMade(cluster: string): Promise<MadeClusters> {
  const folder = await openCacheFolder('kind');
  const made = join(folder, `${cluster}.json`);
  const begun = join(folder, `${cluster}.begun.json`);
  return {
    areOurs(containers) {
      const known = readAs(made, madeSchema)?.containers ?? [];
      const sinceMs = readAs(begun, begunSchema)?.epochMs ?? Infinity;
      return containers.every(({ id, createdMs }) => known.includes(id) || createdMs >= sinceMs);
    },
    begin(owner) {
      const text = JSON.stringify({ owner: JSON.stringify(owner), epochMs: Date.now() });
      const other = readOwner(readAs(begun, begunSchema)?.owner);
      if (other && other.pid !== owner.pid && stateOf(other, owner) === 'alive') throw busy(cluster, other);
      rmSync(begun, { force: true });
      try {
        // Two labs may come here at the same moment: only one can make the file.
        writeFileSync(begun, text, { flag: 'wx' });
      } catch (error) {
        if (systemCodeOf(error) === 'EEXIST') throw busy(cluster, undefined);
        throw error;
      }
    },
    complete(containers) {
      writeJson(made, { containers: containers.map(({ id }) => id) });
      rmSync(begun, { force: true });
    },
    forget() {
      rmSync(made, { force: true });
      rmSync(begun, { force: true });
    },
  };
}

function busy(cluster: string, owner: Owner | undefined): LabError {
  const who = owner === undefined ? 'another lab' : describeOwner(owner);
  return new LabError(
    'cluster-busy',
    `${who} is making the kind cluster ${cluster} right now: wait until it has ended.`,
  );
}

/** Undefined for a file that is missing or not what it should be. */
function readAs<Content>(file: string, schema: z.ZodType<Content>): Content | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
