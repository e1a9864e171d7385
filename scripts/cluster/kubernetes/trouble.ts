import { describeExit } from '../../support/exit-meaning.ts';
import type { PodState } from './pod-state.ts';
import type { ReplicaSetState } from './replica-set.ts';

const shownWarnings = 6;

/** Why a deployment cannot become ready, as soon as that is clear. */
export interface Trouble {
  /** Follows the name of the variant. */
  what: string;
  /** Whose log and Events tell more; undefined for any pod that is not ready. */
  pod?: string;
}

/** For these the kubelet tries again and again, and the lab does not wait for that. */
const imageReasons = new Set(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);
const containerReasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

/** What keeps these pods from becoming ready, whatever is waited for; undefined while there is hope. */
export function troubleOf(
  pods: readonly PodState[],
  replicaSets: readonly ReplicaSetState[],
  image: string,
): Trouble | undefined {
  for (const { name, container } of pods) {
    if (!container || container.startupPassed) continue;
    const { waiting, restartCount, ended } = container;
    const said = waiting?.message === '' ? '' : `: ${waiting?.message}`;
    if (waiting && imageReasons.has(waiting.reason))
      return { what: `has no image ${image} on its node (${waiting.reason}${said})`, pod: name };
    if (waiting && containerReasons.has(waiting.reason))
      return { what: `cannot be started (${waiting.reason}${said})`, pod: name };
    // A second time: the first may have been bad luck.
    if (ended && (restartCount >= 2 || waiting?.reason === 'CrashLoopBackOff'))
      return { what: `ends again and again (${describeExit(ended.exitCode)})`, pod: name };
  }
  const failing = replicaSets.find(({ failure }) => failure !== undefined);
  return failing && { what: `gets no pods: ${failing.failure}`, pod: failing.name };
}

/** A pod that was made before this epoch time and has no node yet: nobody is going to make room for it. */
export function unschedulable(pods: readonly PodState[], beforeMs: number): Trouble | undefined {
  const found = pods.find((pod) => pod.unschedulable !== undefined && pod.createdAt[1] < beforeMs);
  return found && { what: `finds no node: ${found.unschedulable ?? ''}`, pod: found.name };
}

/** What Events and log say of a pod, in lines; `warnings` may repeat themselves. */
export function describeTrouble(
  pod: string,
  { warnings, log, logFile }: { warnings: readonly string[]; log: readonly string[]; logFile: string },
): string[] {
  const events = [...new Set(warnings)].slice(-shownWarnings);
  return [
    ...(events.length === 0 ? [] : [`Events of ${pod}:`, ...events.map((line) => `  ${line}`)]),
    ...(log.length === 0
      ? [`${pod} printed nothing.`]
      : [`Last lines of ${pod}:`, ...log.map((line) => `  ${line}`), `Whole log: ${logFile}`]),
  ];
}
