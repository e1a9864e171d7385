import type { PropagationDelay } from '../analysis/propagation.ts';
import { seconds } from './figures.ts';
import type { RunReport } from './model.ts';
import type { RunInfo } from './run-info.ts';

const shownTrials = 3;

/** `the embedded cluster`, `kind (Kubernetes v1.34.4)`. */
export function clusterText({ name, kubernetes }: RunInfo['cluster']): string {
  if (name === 'embedded') return 'the embedded cluster';
  return kubernetes ? `${name} (Kubernetes ${kubernetes})` : name;
}

/** What the run was measured on, why there, and what that cannot do. */
export function clusterLines({ run, propagationDelay }: RunReport): string[] {
  const { name, kubernetes, pid1, propagationDelayMs, limits, reasons } = run.cluster;
  const version = kubernetes ? `, Kubernetes ${kubernetes}` : '';
  const delay =
    propagationDelayMs === null ? '' : `; endpoints are removed ${propagationDelayMs} ms after deletion`;
  return [
    `${name}${version}; pods are ${pid1 ? '' : 'not '}PID 1 of their own PID namespace${delay}`,
    ...(propagationDelay === undefined ? [] : [delayText(propagationDelay)]),
    ...reasons,
    ...limits,
  ];
}

/** `propagation delay, …: median 0.61 s (quartiles 0.20 s and 1.02 s), 0.12 s to 1.08 s, in 60 terminations of gin/shutdown/prestop/1 and 11 more trials`. */
function delayText({ measured, trials, leftOut }: PropagationDelay): string {
  const what = 'propagation delay, from the deletion of a pod to the last new connection that reached it';
  if (measured === null) {
    return `${what}: not measured, as none of ${leftOut} terminations shows it whole: their pods were told to stop, or gone, too early; a scenario with a preStop sleep shows it. What depends on it is not known`;
  }
  const { medianMs, quartilesMs, shortestMs, longestMs, spanMs, terminations } = measured;
  const [lower, upper] = quartilesMs.map(seconds);
  const shown = trials.slice(0, shownTrials).join(', ');
  const more = trials.length > shownTrials ? ` and ${trials.length - shownTrials} more` : '';
  const leaving = leftOut === 0 ? '' : `; ${leftOut} more ended too early to show it whole`;
  return `${what}: median ${seconds(medianMs)} (quartiles ${lower} and ${upper}), ${seconds(shortestMs)} to ${seconds(longestMs)}, in ${terminations} terminations (${shown}${more}), each known to ${seconds(spanMs)}${leaving}`;
}
