import type { Manifest, Probe } from '../../catalogue/model.ts';
import type { PodRecord } from '../../timeline/records.ts';
import type { Address } from './balancer/messages.ts';
import { performProbe } from './probe-action.ts';
import { runProbeWorker } from './probe-worker.ts';

export interface ProbeListener {
  record: (event: PodRecord['event'], detail?: string) => void;
  onReady: (ready: boolean) => void;
  /** The startup or the liveness probe has failed for good. */
  onUnhealthy: (detail: string) => void;
}

type OnChange = (passing: boolean, detail: string) => void;

/**
 * The probes of one running container: readiness and liveness wait for the startup probe, and readiness is
 * probed at once when that has passed, as the kubelet does.
 */
export class Probes {
  readonly #manifest: Manifest;
  readonly #target: { address: Address; enter: string[] };
  readonly #listener: ProbeListener;
  readonly #all = new AbortController();
  readonly #restarting = new AbortController();
  readonly #workers: Promise<void>[] = [];

  constructor(manifest: Manifest, target: { address: Address; enter: string[] }, listener: ProbeListener) {
    this.#manifest = manifest;
    this.#target = target;
    this.#listener = listener;
    const { startupProbe } = manifest;
    if (startupProbe) this.#watchStartup(startupProbe);
    else this.#started();
  }

  /** From deletion on the kubelet restarts nothing, but goes on probing readiness. */
  stopRestarting(): void {
    this.#restarting.abort();
  }

  async stop(): Promise<void> {
    this.#restarting.abort();
    this.#all.abort();
    await Promise.all(this.#workers);
  }

  #watchStartup(probe: Probe): void {
    const settled = new AbortController();
    const onChange: OnChange = (passing, detail) => {
      settled.abort();
      if (!passing) {
        this.#listener.onUnhealthy(detail);
        return;
      }
      this.#listener.record('startupPassed');
      this.#started();
    };
    this.#run('startup', probe, AbortSignal.any([this.#restarting.signal, settled.signal]), onChange);
  }

  #started(): void {
    const { readinessProbe, livenessProbe } = this.#manifest;
    const { onReady, onUnhealthy } = this.#listener;
    if (readinessProbe) this.#run('readiness', readinessProbe, this.#all.signal, onReady);
    else onReady(true);
    if (!livenessProbe) return;
    this.#run('liveness', livenessProbe, this.#restarting.signal, (passing, detail) => {
      if (!passing) onUnhealthy(detail);
    });
  }

  // eslint-disable-next-line @typescript-eslint/max-params -- the four things in which probes differ
  #run(
    kind: 'startup' | 'readiness' | 'liveness',
    probe: Probe,
    signal: AbortSignal,
    onChange: OnChange,
  ): void {
    const onFailure = (detail: string) => {
      this.#listener.record('warning', `${kind} probe failed: ${detail}`);
    };
    const perform = () => performProbe(probe.action, this.#target, probe.timeoutMs);
    const initially = kind === 'liveness';
    this.#workers.push(runProbeWorker({ probe, perform, initially, onChange, onFailure, signal }));
  }
}
