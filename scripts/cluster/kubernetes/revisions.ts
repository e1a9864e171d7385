import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { monotonicMs } from '../../support/clock.ts';
import { messageOf } from '../../support/errors.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { Api } from './api.ts';

const beatMs = 100;
const listSchema = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });

export interface RevisionsRequest {
  api: Api;
  /** `/api/v1/namespaces/<name>/pods` */
  path: string;
  /** Trial time now. */
  now: () => number;
  /** The API server has not answered for too long. Called once. */
  onSilent: (reason: string) => void;
}

/**
 * Tells how early a change can have been made. A watch says only that a change has happened by the time it arrives.
 * But an empty list that is read ten times a second says how far the resource versions had come: a higher one was not
 * there yet when the question was sent. Reads without a resourceVersion are consistent, and the versions of one kind
 * of object are ordered: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export interface Revisions extends AsyncDisposable {
  /** No change with this resource version was made before this trial time; -Infinity where that is not known. */
  notBefore(resourceVersion: string | undefined): number;
  /** Begins to ask, and resolves when it did once; until then nothing is known. */
  begin(): Promise<void>;
}

interface Beat {
  revision: bigint;
  sentMs: number;
}

export function readRevisions({ api, path, now, onSilent }: RevisionsRequest): Revisions {
  const beats: Beat[] = [];
  const stop = new AbortController();
  const begun: PromiseWithResolvers<void> = Promise.withResolvers();
  let running: Promise<void> | undefined;

  const stopped = () => stop.signal.aborted;
  const beat = async () => {
    const sentMs = now();
    // Of an object that cannot be there: only the version of the list matters.
    const { status, body } = await api.get(`${path}?limit=1&fieldSelector=metadata.name%3D-`);
    if (status !== 200) throw new Error(`HTTP status ${status}: ${body.slice(0, 200)}`);
    const { resourceVersion } = listSchema.parse(JSON.parse(body)).metadata;
    const revision = revisionOf(resourceVersion);
    if (revision !== undefined) beats.push({ revision, sentMs });
  };
  const run = async () => {
    let workedMs = monotonicMs();
    while (!stopped()) {
      const nextMs = monotonicMs() + beatMs;
      try {
        await beat();
        workedMs = monotonicMs();
      } catch (error) {
        if (monotonicMs() - workedMs > timeouts.watchRestartMs && !stopped()) {
          onSilent(`the API server does not answer: ${messageOf(error)}`);
          begun.resolve();
          return;
        }
      }
      begun.resolve();
      const pauseMs = Math.max(1, nextMs - monotonicMs());
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };

  return {
    begin() {
      running ??= run();
      return begun.promise;
    },
    notBefore(resourceVersion) {
      const revision = resourceVersion === undefined ? undefined : revisionOf(resourceVersion);
      if (revision === undefined) return -Infinity;
      return beats.findLast((earlier) => earlier.revision < revision)?.sentMs ?? -Infinity;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** Resource versions are whole numbers since Kubernetes 1.35, and before on every server that stores in etcd. */
function revisionOf(resourceVersion: string): bigint | undefined {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
}
