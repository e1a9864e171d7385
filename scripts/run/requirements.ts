import type { Cluster, ClusterInfo } from '../cluster/cluster.ts';
import type { RunInfo } from '../report/run-info.ts';
import { exitCodes, LabError } from '../support/errors.ts';
import type { Trigger } from '../support/trigger.ts';

/** Throws a LabError `usage` (exit code 64) where the cluster cannot end pods in this way. */
export function requireTrigger(cluster: Pick<Cluster, 'cannot' | 'info'>, trigger: Trigger): void {
  const reason = cluster.cannot(trigger);
  if (reason === undefined) return;
  throw new LabError(
    'usage',
    `--trigger ${trigger}: ${reason}. Choose another trigger, or another cluster.`,
    {
      exitCode: exitCodes.usage,
    },
  );
}

/** Throws a LabError `run-changed` (exit code 3) where a run goes on with another version of Kubernetes. */
export function requireSameKubernetes({ id, cluster: stored }: RunInfo, cluster: ClusterInfo): void {
  const [then, now] = [stored.kubernetes ?? null, cluster.kubernetes];
  if (then === now) return;
  throw new LabError(
    'run-changed',
    `Run ${id} was begun with Kubernetes ${then ?? 'none'}, and the cluster ${cluster.name} has ${now ?? 'none'}: figures of two versions do not belong in one table. Give the cluster that version, or start a new run without --resume.`,
  );
}
