import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from '../../catalogue/model.ts';
import type { ProbeResult } from './probe-action.ts';

export interface ProbeWorker {
  probe: Probe;
  /** What counts before the first result: liveness begins healthy, the others do not. */
  initially: boolean;
  perform: () => Promise<ProbeResult>;
  /** Called when the state changes, after the thresholds of the probe. */
  onChange: (passing: boolean, detail: string) => void;
  /** Called for every probe that failed. */
  onFailure: (detail: string) => void;
  signal: AbortSignal;
}

/**
 * Probes until its signal is aborted: at once after the initial delay, then every period; the state flips
 * after `successThreshold` or `failureThreshold` results in a row
 * (https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/).
 */
export async function runProbeWorker(worker: ProbeWorker): Promise<void> {
  const { probe, signal } = worker;
  let passing = worker.initially;
  let sameInARow = 0;
  let lastPassed: boolean | undefined;
  try {
    await sleep(probe.initialDelayMs, undefined, { signal });
    for (let tick = performance.now(); ; tick += probe.periodMs) {
      await sleep(Math.max(0, tick - performance.now()), undefined, { signal });
      const failure = await worker.perform();
      if (signal.aborted) return;
      const passed = failure === undefined;
      sameInARow = passed === lastPassed ? sameInARow + 1 : 1;
      lastPassed = passed;
      if (!passed) worker.onFailure(failure);
      const threshold = passed ? probe.successThreshold : probe.failureThreshold;
      if (passed !== passing && sameInARow >= threshold) {
        passing = passed;
        worker.onChange(passing, failure ?? '');
      } else if (!passed && !passing && sameInARow === threshold) {
        // A probe that never passed reports its failure once it is certain.
        worker.onChange(false, failure);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
