import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { monotonicMs } from '../../support/clock.ts';
import { LabError, messageOf } from '../../support/errors.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import { readOwner, type Owner } from './owner.ts';

/** By this label the lab knows again what it made. */
export const managedLabel = { name: 'app.kubernetes.io/managed-by', value: 'zero-downtime-lab' } as const;
/** Whose it is: an Owner as JSON. */
export const ownerAnnotation = 'zero-downtime-lab/owner';

const lookAgainMs = 300;

const namespaceSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});
const listSchema = z.looseObject({ items: z.array(namespaceSchema) });

/** A namespace that some lab made. */
export interface LabNamespace {
  name: string;
  /** Undefined when it does not say. */
  owner: Owner | undefined;
}

/** Makes a namespace of its own for this run. Throws a LabError `kubectl-failed`, or the signal's reason. */
export async function createNamespace(kubectl: Kubectl, owner: Owner, signal: AbortSignal): Promise<string> {
  const name = `zero-downtime-lab-${randomBytes(4).toString('hex')}`;
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { [managedLabel.name]: managedLabel.value },
      annotations: { [ownerAnnotation]: JSON.stringify(owner) },
    },
  };
  // `create` and not `apply`: what is there already is somebody else's.
  const input = JSON.stringify(namespace);
  await kubectl.in(undefined).run(['create', '-f', '-'], { input, signal });
  return name;
}

/** A controller gives a new namespace its service account a moment later; until then it takes no pods. */
export async function namespaceReady(kubectl: Kubectl, name: string, signal: AbortSignal): Promise<void> {
  const account = ['get', 'serviceaccount', 'default', '--ignore-not-found', '--output=name'];
  const deadlineMs = monotonicMs() + timeouts.clusterSettleMs;
  while ((await kubectl.in(name).run(account, { signal })) === '') {
    if (monotonicMs() > deadlineMs) {
      const limit = timeouts.clusterSettleMs / 1000;
      const message = `The namespace ${name} has no service account ${limit} s after it was made: does the cluster's controller manager run?`;
      throw new LabError('namespace-not-ready', message);
    }
    await sleep(lookAgainMs, undefined, { signal });
  }
}

/** Every namespace that a lab made in this cluster. */
export async function labNamespaces(kubectl: Kubectl, signal?: AbortSignal): Promise<LabNamespace[]> {
  const selector = `--selector=${managedLabel.name}=${managedLabel.value}`;
  const words = ['get', 'namespaces', selector, '--output=json'];
  const answer = await kubectl.in(undefined).json(words, { ...(signal && { signal }) });
  return listSchema.parse(answer).items.map(({ metadata }) => ({
    name: metadata.name,
    owner: readOwner(metadata.annotations[ownerAnnotation]),
  }));
}

/**
 * Deletes a namespace and waits a while until it has gone.
 *
 * @returns why it is still there, as a sentence; undefined when it has gone.
 */
export async function removeNamespace(kubectl: Kubectl, name: string): Promise<string | undefined> {
  const cluster = kubectl.in(undefined);
  try {
    await cluster.run(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
    const deadlineMs = monotonicMs() + timeouts.namespaceGoneMs;
    for (;;) {
      const text = await cluster.run(['get', 'namespace', name, '--ignore-not-found', '--output=json']);
      if (text.trim() === '') return undefined;
      if (monotonicMs() > deadlineMs) return stuck(namespaceSchema.parse(JSON.parse(text)), kubectl);
      await sleep(lookAgainMs);
    }
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return `The namespace ${name} could not be removed: ${messageOf(error)}`;
  }
}

function stuck({ metadata, status }: z.infer<typeof namespaceSchema>, kubectl: Kubectl): string {
  const { name } = metadata;
  const reasons = status.conditions
    .filter(({ status }) => status === 'True')
    .map(({ message }) => `  ${message}`);
  return [
    `The namespace ${name} is still ${status.phase ?? 'there'} ${timeouts.namespaceGoneMs / 1000} s after its deletion; the lab does not wait any longer.`,
    ...reasons,
    `  See: ${kubectl.in(undefined).argv(['get', 'namespace', name, '--output=yaml']).join(' ')}`,
  ].join('\n');
}
