import { z } from 'zod';
import type { Kubectl } from '../../support/kubectl.ts';
import { describeOwner, readOwner, stateOf, type Owner } from './owner.ts';

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

async function readNodes(kubectl: Kubectl): Promise<NodeObject[]> {
  return listSchema.parse(await kubectl.in(undefined).json(['get', 'nodes', '--output=json'])).items;
}

/** Names of the nodes on which pods without tolerations can be put now. */
export async function nodesForPods(kubectl: Kubectl): Promise<string[]> {
  const keepsOut = ({ effect }: { effect: string }) => effect === 'NoSchedule' || effect === 'NoExecute';
  return (await readNodes(kubectl))
    .filter(({ spec }) => !spec.unschedulable && !spec.taints.some(keepsOut))
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

/** Undoes the cordons of labs that died. */
export async function releaseCordons(
  kubectl: Kubectl,
  here: Owner,
  onProgress: (text: string) => void,
): Promise<void> {
  for (const { metadata } of await readNodes(kubectl)) {
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
