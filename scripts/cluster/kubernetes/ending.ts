import type { Manifest } from '../../catalogue/model.ts';
import type { PodRecord } from '../../timeline/records.ts';
import type { ClusterClock } from './cluster-clock.ts';
import type { ContainerEnd } from './pod-state.ts';
import type { RuntimeAct } from './runtime-act.ts';
import { both, type Heard, type Span } from './span.ts';

/** Passes a record on: what happened, when, how the lab knows, the best estimate, and the facts. */
export type Tell = (told: {
  event: PodRecord['event'];
  span: Span;
  heard: Heard;
  /** Trial time; the end of the span unless something better is known. */
  estimateMs?: number;
  facts?: Partial<Pick<PodRecord, 'exitCode' | 'signal' | 'detail' | 'restartCount'>>;
}) => void;

export interface EndingRequest {
  manifest: Pick<Manifest, 'graceMs' | 'preStop'>;
  clock: ClusterClock;
  /** The runtime tells of signals and exits; what the API says of them is only used where it did not. */
  hasRuntime: boolean;
  tell: Tell;
}

/**
 * From the runtime's log line to the signal: it starts another program (runc) that sends it. Measured as 5 to 13 ms,
 * and as up to 213 ms where 18 programs wanted each processor.
 */
const signalDelayMs = 500;
/**
 * From the end of a process to the time that the runtime gives it: a parent has to be woken up. Measured as less than
 * 18 ms; where 18 programs wanted each processor it took up to 870 ms, but such a trial is not valid.
 */
const reapDelayMs = 200;
const sigkillCode = 137;

/** How a pod ends, put together from what the API, Events and, where it can be read, the runtime's log say. */
export class Ending {
  readonly #request: EndingRequest;
  #deleted: Span | undefined;
  #deletedMs = 0;
  #preStopBegan: Span | undefined;
  /** -Infinity until then. */
  #signalledMs = -Infinity;
  #killed = false;
  /** Ids of containers whose exit has been told. */
  readonly #exited = new Set<string>();
  /** Of a container that ended, not told yet: the runtime may know better. */
  #end: { end: ContainerEnd; heard: Heard } | undefined;
  /** What was heard before the deletion was: it may belong to it, or to an earlier restart of the container. */
  #early: { atMs: number; tellNow: () => void }[] = [];
  /** When the runtime was asked to stop the container, the hook being over. */
  #stoppedMs = Infinity;

  constructor(request: EndingRequest) {
    this.#request = request;
  }

  /** The deletion was requested; `estimateMs` is the best guess when. */
  deleted(span: Span, estimateMs: number): void {
    this.#deleted = span;
    this.#deletedMs = estimateMs;
    for (const { atMs, tellNow } of this.#early.splice(0)) if (atMs >= span[0]) tellNow();
  }

  /** The first thing done about a deletion that was requested in this span, if that was heard of already. */
  firstActMs([earliest, latest]: Span): number {
    const known = this.#early.map(({ atMs }) => atMs).filter((atMs) => atMs >= earliest && atMs <= latest);
    return Math.min(latest, ...known);
  }

  /** The kubelet said that it stops the container; it does so before it runs the preStop hook. */
  killing(span: Span, heard: Heard): void {
    this.#onceDeleted(span[1], () => {
      const { preStop } = this.#request.manifest;
      if (preStop === undefined || this.#preStopBegan) return;
      const tookMs = preStop.kind === 'sleep' ? preStop.durationMs : 0;
      const latest = Math.min(heard.arrivedMs, this.#stoppedMs - tookMs);
      this.#preStopBegan = both(span, [this.#deleted?.[0] ?? span[0], latest]);
      this.#request.tell({ event: 'preStopBegan', span: this.#preStopBegan, heard });
    });
  }

  /** The runtime did something to the pod's container. */
  act(act: RuntimeAct, heard: Heard): void {
    const [atMs] = this.#request.clock.toTrial([act.epochMs, act.epochMs]);
    const { act: what } = act;
    if (what === 'exit') this.#runtimeExit(act, atMs, heard);
    else this.#onceDeleted(atMs, () => this.#runtimeStops(what, atMs, heard));
  }

  /** The kubelet reported the end of a container. */
  exitSeen(end: ContainerEnd, heard: Heard): void {
    if (this.#exited.has(end.id)) return;
    this.#end = { end, heard };
    if (!this.#request.hasRuntime) this.settle();
  }

  /** Tells what nobody told better: the pod has gone, or the runtime tells nothing. */
  settle(): void {
    const found = this.#end;
    this.#end = undefined;
    if (found === undefined || this.#exited.has(found.end.id)) return;
    const { end, heard } = found;
    this.#exited.add(end.id);
    const { clock } = this.#request;
    const seen: Span = [-Infinity, heard.arrivedMs];
    const span = end.at === undefined ? this.#afterDeletion(heard) : both(clock.toTrial(end.at), seen);
    this.#bracket(end, span, heard);
    this.#tellExit(end, { span, heard });
  }

  #onceDeleted(atMs: number, tellNow: () => void): void {
    if (this.#deleted) tellNow();
    else this.#early.push({ atMs, tellNow });
  }

  #afterDeletion(heard: Heard): Span {
    return [this.#deleted?.[0] ?? heard.arrivedMs, heard.arrivedMs];
  }

  #runtimeStops(act: 'stop' | 'signal' | 'kill', atMs: number, heard: Heard): void {
    const { tell } = this.#request;
    const span: Span = [atMs, atMs + signalDelayMs];
    if (act === 'stop') this.#tellPreStopEnded(atMs, heard);
    else if (act === 'kill') this.#tellKilled(span, heard, atMs);
    else if (this.#signalledMs === -Infinity) {
      this.#signalledMs = atMs;
      tell({ event: 'sigterm', span, heard, estimateMs: atMs });
    }
  }

  #tellPreStopEnded(atMs: number, heard: Heard): void {
    this.#stoppedMs = atMs;
    if (this.#request.manifest.preStop === undefined) return;
    const earliest = Math.min(atMs, this.#hookEndsMs());
    this.#request.tell({ event: 'preStopEnded', span: [earliest, atMs], heard });
  }

  #tellKilled(span: Span, heard: Heard, estimateMs: number): void {
    if (this.#killed) return;
    this.#killed = true;
    const detail = `grace period of ${this.#request.manifest.graceMs / 1000} s over`;
    this.#request.tell({ event: 'sigkill', span, heard, estimateMs, facts: { detail } });
  }

  #runtimeExit(act: RuntimeAct, atMs: number, heard: Heard): void {
    if (this.#exited.has(act.container)) return;
    this.#exited.add(act.container);
    const end = { id: act.container, exitCode: act.exitCode ?? 0, reason: '' };
    const before = this.#early.map((known) => known.atMs).filter((knownMs) => knownMs <= atMs);
    const earliest = Math.max(atMs - reapDelayMs, this.#signalledMs, ...before);
    this.#tellExit(end, { span: [Math.min(earliest, atMs), atMs], heard });
  }

  #tellExit(end: Omit<ContainerEnd, 'at'>, { span, heard }: { span: Span; heard: Heard }): void {
    const { exitCode, reason } = end;
    const told = reason === '' || reason === 'Completed' || reason === 'Error' ? {} : { detail: reason };
    const signal = exitCode === sigkillCode ? 'SIGKILL' : null;
    const facts = { exitCode: signal === null ? exitCode : null, signal, ...told };
    this.#request.tell({ event: 'exited', span, heard, facts });
  }

  /** The earliest moment at which a preStop hook can have been over. */
  #hookEndsMs(): number {
    const { preStop } = this.#request.manifest;
    const began = Math.max(this.#deleted?.[0] ?? -Infinity, this.#preStopBegan?.[0] ?? -Infinity);
    return began + (preStop?.kind === 'sleep' ? preStop.durationMs : 0);
  }

  /** Signals that nobody saw: only that they were sent between the hook and the exit is certain. */
  #bracket(end: ContainerEnd, exited: Span, heard: Heard): void {
    const { manifest, tell } = this.#request;
    if (this.#deleted === undefined) return;
    const [, latest] = exited;
    const earliest = Math.min(this.#hookEndsMs(), latest);
    if (this.#signalledMs === -Infinity) {
      this.#signalledMs = earliest;
      // The kubelet needs only some milliseconds more.
      const estimateMs = this.#deletedMs + earliest - this.#deleted[0];
      tell({ event: 'sigterm', span: [earliest, latest], heard, estimateMs });
    }
    const overMs = this.#deleted[0] + manifest.graceMs;
    if (end.exitCode !== sigkillCode || end.reason === 'OOMKilled' || latest < overMs) return;
    this.#tellKilled([Math.min(overMs, exited[0]), latest], heard, overMs);
  }
}
