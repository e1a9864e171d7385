import { z } from 'zod';
import { describeExit } from '../support/exit-meaning.ts';
import type { Kubectl } from '../support/kubectl.ts';

/** What has become of the one container of a Job's pod. */
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

/** Reads the status of the only pod that is selected. */
export async function readPodStatus(
  kubectl: Kubectl,
  selector: string,
  signal: AbortSignal,
): Promise<PodStatus> {
  const found = await kubectl.json(['get', 'pods', `--selector=${selector}`, '--output=json'], { signal });
  return podStatus(found);
}

/** What a list of pods says of its only one. */
export function podStatus(list: unknown): PodStatus {
  const pod = podList.parse(list).items[0];
  if (pod === undefined) return { state: 'absent' };
  const { name } = pod.metadata;
  const container = pod.status.containerStatuses[0]?.state;
  if (container?.terminated) {
    const { exitCode, reason = '', message = '' } = container.terminated;
    const detail = [describeExit(exitCode), ...wordsOf(reason), ...reasonsOf(pod)].join(': ');
    const started = reason !== 'StartError' && reason !== 'ContainerCannotRun';
    return { state: 'ended', pod: name, exitCode, detail, message: message.trim(), started };
  }
  if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') {
    const detail = reasonsOf(pod).join(': ') || `the pod is ${pod.status.phase}`;
    return { state: 'ended', pod: name, exitCode: undefined, detail, message: '', started: false };
  }
  if (container?.running) return { state: 'running', pod: name };
  return { state: 'waiting', pod: name, ...whyWaiting(pod) };
}

function wordsOf(reason: string): string[] {
  return reason === '' || reason === 'Error' || reason === 'Completed' ? [] : [reason];
}

/** Why the pod as a whole was ended, e.g. `Evicted`. */
function reasonsOf({ status: { reason, message } }: Pod): string[] {
  return [reason, message].filter((text) => text !== undefined && text !== '') as string[];
}

function whyWaiting({ status }: Pod): { reason: string; hopeless: boolean } {
  const waiting = status.containerStatuses[0]?.state.waiting;
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
