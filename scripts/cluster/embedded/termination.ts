import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../catalogue/model.ts';
import { monotonicMs } from '../../support/clock.ts';
import type { PodRecord } from '../../timeline/records.ts';
import type { Container } from './container.ts';
import { runPreStop } from './pre-stop.ts';

/** The kubelet leaves a container at least this long after SIGTERM, however long preStop took. */
const minimumGraceMs = 2000;

/**
 * preStop, SIGTERM to PID 1, SIGKILL when grace is over; grace counts from the deletion, preStop included
 * (kubernetes/kubernetes, pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer).
 * Resolves when the container has ended.
 */
export async function terminateContainer(
  container: Container,
  manifest: Manifest,
  record: (event: PodRecord['event'], detail?: string) => void,
): Promise<void> {
  const graceEndsMs = monotonicMs() + manifest.graceMs;
  const ended = new AbortController();
  void container.exited.then(() => ended.abort());

  if (manifest.preStop) {
    record('preStopBegan');
    const graceOver = AbortSignal.timeout(manifest.graceMs);
    const failure = await runPreStop(
      manifest.preStop,
      container.enter(),
      AbortSignal.any([ended.signal, graceOver]),
    );
    record('preStopEnded', failure);
  }
  if (!ended.signal.aborted) {
    record('sigterm');
    container.signal('SIGTERM');
    const waitMs = Math.max(graceEndsMs - monotonicMs(), minimumGraceMs);
    await sleep(waitMs, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  if (!ended.signal.aborted) {
    record('sigkill', `grace period of ${String(manifest.graceMs / 1000)} s over`);
    container.signal('SIGKILL');
  }
  await container.exited;
}
