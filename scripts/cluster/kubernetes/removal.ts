import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { monotonicMs } from '../../support/clock.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { Api } from './api.ts';

export interface RemovalRequest {
  api: Api;
  namespace: string;
  /** Names of the objects. */
  deployment: string;
  replicaSets: string[];
  service: string;
  /** Selects the pods. */
  labelSelector: string;
}

const lookAgainMs = 20;
const notFound = 404;

const listSchema = z.looseObject({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

/**
 * Removes a Deployment with all that it made, and its Service, from the top down, so that nothing is made again. Pods
 * as orphans, or the garbage collector would grant them their grace; they have one second, and may be there for some
 * more when this resolves. By the API itself: the next trial waits for this, and every kubectl takes a fifth of a second.
 * Throws an Error when an object cannot be deleted.
 */
export async function removeObjects(request: RemovalRequest): Promise<void> {
  const { api, namespace, deployment, replicaSets, service, labelSelector } = request;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const core = `/api/v1/namespaces/${namespace}`;
  const makers = [
    `${apps}/deployments/${deployment}`,
    ...replicaSets.map((name) => `${apps}/replicasets/${name}`),
  ];
  for (const maker of makers) await removeObject(api, `${maker}?propagationPolicy=Orphan`);
  for (const maker of makers) await gone(api, maker);
  const pods = await podsOf(api, `${core}/pods?labelSelector=${encodeURIComponent(labelSelector)}`);
  await Promise.all([
    ...pods.map((name) => removeObject(api, `${core}/pods/${name}?gracePeriodSeconds=1`)),
    removeObject(api, `${core}/services/${service}`),
  ]);
}

async function removeObject(api: Api, path: string): Promise<void> {
  const { status, body } = await api.delete(path);
  if (status >= 400 && status !== notFound) throw new Error(`${path} cannot be deleted: ${status} ${body}`);
}

/** An object whose dependents are to be orphans stays until the garbage collector has made them such. */
async function gone(api: Api, path: string): Promise<void> {
  const deadlineMs = monotonicMs() + timeouts.apiAnswerMs;
  while ((await api.get(path)).status !== notFound) {
    if (monotonicMs() > deadlineMs) throw new Error(`${path} was deleted and does not go`);
    await sleep(lookAgainMs);
  }
}

async function podsOf(api: Api, path: string): Promise<string[]> {
  const { body } = await api.get(path);
  return listSchema.parse(JSON.parse(body)).items.map(({ metadata }) => metadata.name);
}
