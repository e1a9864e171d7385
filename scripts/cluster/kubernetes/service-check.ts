import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Manifest } from '../../catalogue/model.ts';
import { monotonicMs } from '../../support/clock.ts';
import { LabError, messageOf } from '../../support/errors.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { Api } from './api.ts';
import type { Nodes } from './nodes.ts';
import { readObject } from './read-object.ts';

const lookAgainMs = 100;
/** Where nobody can ask from a node: the proxies of the nodes synchronise at least once a second by default. */
const proxiesSettleMs = 2_000;

const serviceSchema = z.looseObject({ spec: z.looseObject({ clusterIP: z.string() }) });

export interface ServiceCheck {
  api: Api;
  /** In the namespace. */
  kubectl: Kubectl;
  nodes: Nodes | undefined;
  service: string;
  /** Names of its pods. */
  pods: readonly string[];
  manifest: Manifest;
  signal: AbortSignal;
}

/**
 * Resolves when the Service is answered by one of its pods. After it was applied, and when the pods of the deployment
 * before it have gone, about a second passes until the nodes' proxies know. Throws a LabError `deploy-failed`.
 */
export async function serviceAnswers(check: ServiceCheck): Promise<void> {
  const { service, pods, manifest, nodes, signal } = check;
  const address = await addressOf(check);
  const path = healthPath(manifest);
  const url = `http://${address}:${manifest.servicePort}${path}`;
  const ask = nodes ? () => nodes.reaches(url, pods) : () => reachesThroughApi(check, path);
  const deadlineMs = monotonicMs() + timeouts.serviceAnswerMs;
  for (;;) {
    const problem = await ask();
    if (problem === undefined) break;
    signal.throwIfAborted();
    if (monotonicMs() > deadlineMs) {
      const message = `The Service ${service} does not answer at ${url} although its pods are ready: ${problem}`;
      throw new LabError('deploy-failed', message);
    }
    await sleep(lookAgainMs, undefined, { signal });
  }
  if (nodes === undefined) await sleep(proxiesSettleMs, undefined, { signal });
}

async function addressOf({ api, kubectl, service }: ServiceCheck): Promise<string> {
  try {
    const object = await readObject(api, `/api/v1/namespaces/${kubectl.namespace}/services/${service}`);
    return serviceSchema.parse(object).spec.clusterIP;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const message = `The Service ${service} cannot be read. ${messageOf(error)}`;
    throw new LabError('deploy-failed', message, { cause: error });
  }
}

function healthPath({ readinessProbe }: Manifest): string {
  return readinessProbe?.action.kind === 'httpGet' ? readinessProbe.action.path : '/';
}

/** The API server goes to a ready pod itself: this shows the endpoints, not the nodes' proxies. */
async function reachesThroughApi(
  { api, kubectl, service, manifest }: ServiceCheck,
  path: string,
): Promise<string | undefined> {
  const proxied = `/api/v1/namespaces/${kubectl.namespace}/services/http:${service}:${manifest.servicePort}/proxy${path}`;
  try {
    const { status, body } = await api.get(proxied);
    return status < 500 ? undefined : `HTTP status ${status}: ${body.slice(0, 200)}`;
  } catch (error) {
    return messageOf(error);
  }
}
