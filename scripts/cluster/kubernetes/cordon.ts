import { z } from 'zod';
import { LabError } from '../../support/errors.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import type { Api } from './api.ts';
import { describeOwner, readOwner, stateOf, type Owner } from './owner.ts';
import { readObject } from './read-object.ts';

/** On a node that a lab has cordoned: an Owner as JSON, so that the next lab can undo it. */
const cordonAnnotation = 'zero-downtime-lab/cordoned-by';

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({
        name: z.string(),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      spec: z
        .looseObject({
          unschedulable: z.boolean().default(false),
          taints: z.array(z.looseObject({ effect: z.string() })).default([]),
        })
        .prefault({}),
      status: z.looseObject({
        conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});

type NodeObject = z.infer<typeof listSchema>['items'][number];

/** Undefined where the user may not list nodes, as in a namespace on somebody else's cluster. */
async function visibleNodes(api: Api): Promise<NodeObject[] | undefined> {
  try {
    return listSchema.parse(await readObject(api, '/api/v1/nodes')).items;
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

/** Names of the nodes on which pods without tolerations can be put now; undefined where the lab may not list them. */
export async function nodesForPods(api: Api): Promise<string[] | undefined> {
  const keepsOut = ({ effect }: { effect: string }) => effect === 'NoSchedule' || effect === 'NoExecute';
  return (await visibleNodes(api))
    ?.filter(({ spec }) => !spec.unschedulable && !spec.taints.some(keepsOut))
    .filter(({ status }) =>
      status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
    .map(({ metadata }) => metadata.name);
}

/** Keeps new pods from a node until it is disposed. Another lab finds the node by its annotation if this one dies. */
export async function cordon(kubectl: Kubectl, node: string, owner: Owner): Promise<AsyncDisposable> {
  const cluster = kubectl.in(undefined);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => uncordon(kubectl, node));
  await cluster.run(['annotate', 'node', node, `${cordonAnnotation}=${JSON.stringify(owner)}`]);
  await cluster.run(['cordon', node]);
  return undo.move();
}

/** Undoes the cordons of labs that died, where the lab may see nodes: else it may not have cordoned any either. */
export async function releaseCordons(
  { api, kubectl }: { api: Api; kubectl: Kubectl },
  here: Owner,
  onProgress: (text: string) => void,
): Promise<void> {
  for (const { metadata } of (await visibleNodes(api)) ?? []) {
    const owner = readOwner(metadata.annotations[cordonAnnotation]);
    if (owner === undefined || stateOf(owner, here) !== 'dead') continue;
    onProgress(`uncordoning node ${metadata.name}, left cordoned by ${describeOwner(owner)}`);
    await uncordon(kubectl, metadata.name);
  }
}

async function uncordon(kubectl: Kubectl, node: string): Promise<void> {
  const cluster = kubectl.in(undefined);
  await cluster.run(['uncordon', node]);
  await cluster.run(['annotate', 'node', node, `${cordonAnnotation}-`]);
}
