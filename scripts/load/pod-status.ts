import { z } from 'zod';
import { describeExit } from '../support/exit-meaning.ts';
import type { Kubectl } from '../support/kubectl.ts';
import { k6Container, podSelector } from './k6-job-manifest.ts';

/** What has become of k6 in a Job's pod; it runs when all containers of the pod do. */
export type PodStatus =
  | { state: 'absent' }
  /** `hopeless`: waiting will not help. */
  | { state: 'waiting'; pod: string; reason: string; hopeless: boolean }
  | { state: 'running'; pod: string }
  | {
      state: 'ended';
      pod: string;
      exitCode: number | undefined;
      detail: string;
      message: string;
      started: boolean;
    };

const reasonAndMessage = { reason: z.string().optional(), message: z.string().optional() };

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        phase: z.string().optional(),
        ...reasonAndMessage,
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), ...reasonAndMessage }))
          .default([]),
        containerStatuses: z
          .array(
            z.object({
              name: z.string(),
              state: z.object({
                waiting: z.object(reasonAndMessage).optional(),
                running: z.object({}).optional(),
                terminated: z.object({ exitCode: z.number(), ...reasonAndMessage }).optional(),
              }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

type Pod = z.infer<typeof podList>['items'][number];

/** Reasons of a waiting container with which every pod begins. */
const usualReasons = new Set(['ContainerCreating', 'PodInitializing']);
/** A pull that failed once is tried again at once, and then there is a back-off. */
const passingReasons = new Set(['ErrImagePull']);

/** Reads what has become of k6. */
export async function readPodStatus(kubectl: Kubectl, job: string, signal: AbortSignal): Promise<PodStatus> {
  const words = ['get', 'pods', `--selector=${podSelector(job)}`, '--output=json'];
  return podStatus(await kubectl.json(words, { signal }));
}

/** What a list of pods says of k6 in its only one. */
export function podStatus(list: unknown): PodStatus {
  const pod = podList.parse(list).items[0];
  if (pod === undefined) return { state: 'absent' };
  const { name } = pod.metadata;
  const terminated = stateOf(pod)?.terminated;
  if (terminated) {
    const { exitCode, reason = '', message = '' } = terminated;
    const detail = [describeExit(exitCode), ...wordsOf(reason), ...reasonsOf(pod)].join(': ');
    const started = reason !== 'StartError' && reason !== 'ContainerCannotRun';
    return { state: 'ended', pod: name, exitCode, detail, message: message.trim(), started };
  }
  if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') {
    const detail = reasonsOf(pod).join(': ') || `the pod is ${pod.status.phase}`;
    return { state: 'ended', pod: name, exitCode: undefined, detail, message: '', started: false };
  }
  const containers = pod.status.containerStatuses;
  if (containers.length > 0 && containers.every(({ state }) => state.running))
    return { state: 'running', pod: name };
  return { state: 'waiting', pod: name, ...whyWaiting(pod) };
}

function wordsOf(reason: string): string[] {
  return reason === '' || reason === 'Error' || reason === 'Completed' ? [] : [reason];
}

/** Why the pod as a whole was ended, e.g. `Evicted`. */
function reasonsOf({ status: { reason, message } }: Pod): string[] {
  return [reason, message].filter((text) => text !== undefined && text !== '') as string[];
}

function stateOf({ status }: Pod) {
  return status.containerStatuses.find(({ name }) => name === k6Container)?.state;
}

function whyWaiting(pod: Pod): { reason: string; hopeless: boolean } {
  const { status } = pod;
  const waiting = stateOf(pod)?.waiting;
  if (waiting?.reason !== undefined) {
    const { reason, message } = waiting;
    const hopeless = !usualReasons.has(reason) && !passingReasons.has(reason);
    return { reason: message === undefined ? reason : `${reason}: ${message}`, hopeless };
  }
  const refused = status.conditions.find(({ status: value, reason }) => value === 'False' && reason);
  if (refused === undefined) return { reason: 'nothing happened', hopeless: false };
  const { reason = '', message } = refused;
  return { reason: message === undefined ? reason : `${reason}: ${message}`, hopeless: false };
}
