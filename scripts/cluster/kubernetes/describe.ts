import { z } from 'zod';
import { parse } from 'yaml';
import { LabError } from '../../support/errors.ts';
import type { Api } from './api.ts';
import type { Nodes } from './nodes.ts';
import { readObject } from './read-object.ts';

const proxySettings = '/api/v1/namespaces/kube-system/configmaps/kube-proxy';
const proxyPods = '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy';

const versionSchema = z.looseObject({ gitVersion: z.string() });
const configMapSchema = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });
const proxySchema = z.looseObject({
  mode: z.string().nullish(),
  iptables: z.looseObject({ minSyncPeriod: z.string().nullish() }).nullish(),
});
const containerSchema = z.looseObject({
  resources: z.looseObject({ requests: z.looseObject({ cpu: z.string() }).partial().optional() }).optional(),
});
const daemonSetSchema = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(containerSchema) }) }),
  }),
});

/** `1.34.4`, of what the API server answers to `/version`. */
export function versionIn(answer: unknown): string {
  return versionSchema.parse(answer).gitVersion.replace(/^v/, '');
}

export interface LimitsRequest {
  api: Api;
  nodes: Nodes | undefined;
  /** That take pods; undefined where the lab may not see them. */
  nodeNames: string[] | undefined;
}

/** What this cluster is like and what cannot be seen in it, as sentences for the report. */
export async function describeLimits({ api, nodes, nodeNames }: LimitsRequest): Promise<string[]> {
  const limits = [await describeProxy(api)];
  if (nodeNames === undefined)
    limits.push('How many nodes take pods is not known: the lab may not list them.');
  else if (nodeNames.length === 1)
    limits.push(
      'One node takes all pods and the load: no network between machines, and all share its processors.',
    );
  else limits.push(`${nodeNames.length} nodes take pods: ${nodeNames.join(', ')}.`);
  if (nodes === undefined) {
    limits.push(
      'The log of the container runtime cannot be read: when SIGTERM was sent is known only as a span, and when a container ended only to the second.',
      "Whether the nodes' proxies follow a new Service is not seen: the lab waits two seconds more.",
    );
  } else {
    limits.push(...nodes.limits);
    if (nodes.runtimeLog === undefined)
      limits.push("The container runtime's log cannot be read: SIGTERM and exit are known only as spans.");
    if (nodes.shareKernel)
      limits.push('The nodes are containers of one machine: they share its kernel and its clock.');
  }
  return limits;
}

/** The mode of kube-proxy decides when an ended pod stops to get connections. */
async function describeProxy(api: Api): Promise<string> {
  try {
    const { data } = configMapSchema.parse(await readObject(api, proxySettings));
    const { mode, iptables } = proxySchema.parse(parse(data['config.conf'] ?? '{}'));
    const period = iptables?.minSyncPeriod;
    const pause = period ? `, which follows a change at most once in ${period}` : '';
    return `Connections reach pods through kube-proxy in mode ${mode || 'iptables'}${pause}${await proxyShare(api)}.`;
  } catch (error) {
    if (!(error instanceof LabError || error instanceof z.ZodError)) throw error;
    return 'What sends connections to pods is not known: there is no kube-proxy whose settings can be read.';
  }
}

/** One that reserves nothing is late where processors are busy: https://github.com/kubernetes/kubeadm/issues/1095 */
async function proxyShare(api: Api): Promise<string> {
  try {
    const { spec } = daemonSetSchema.parse(await readObject(api, proxyPods));
    const cpu = spec.template.spec.containers[0]?.resources?.requests?.cpu;
    return cpu === undefined ? '; it reserves no processor time' : `; it reserves ${cpu} of a processor`;
  } catch (error) {
    if (!(error instanceof LabError || error instanceof z.ZodError)) throw error;
    return '';
  }
}
