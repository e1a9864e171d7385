import type { Manifest } from '../../catalogue/model.ts';
import { describeExit } from '../../support/exit-meaning.ts';
import type { PodRecord, ProblemRecord } from '../../timeline/records.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { Ending, type Tell } from './ending.ts';
import type { ContainerState, PodState } from './pod-state.ts';
import type { RuntimeAct } from './runtime-act.ts';
import { both, timing, type Heard, type Span } from './span.ts';

export interface PodLifeRequest {
  manifest: Pick<Manifest, 'graceMs' | 'preStop'>;
  clock: ClusterClock;
  hasRuntime: boolean;
  /** Whether a pod was there before the restart. */
  revisionOf: (state: PodState) => 'old' | 'new';
  record: (record: PodRecord | ProblemRecord) => void;
}

const watched = 'watch of pods';

/** What is recorded of one pod, from all who tell of it. */
export class PodLife {
  /** As it was seen last. */
  state: PodState;
  gone = false;
  /** It has been ready at some time. */
  wasReady = false;
  readonly #request: PodLifeRequest;
  readonly #ending: Ending;
  readonly #created: Span;
  #deleted = false;
  #ready = false;
  /** Counts of restarts at which the container was seen started, and its startup probe passed. */
  readonly #started = new Map<number, Span>();
  readonly #startupPassed = new Set<number>();
  #endedByItself = false;

  /** `notBeforeMs`: the object was not there before. */
  constructor(request: PodLifeRequest, state: PodState, { arrivedMs, notBeforeMs }: Arrival) {
    this.#request = request;
    this.state = state;
    const { manifest, clock, hasRuntime } = request;
    this.#ending = new Ending({ manifest, clock, hasRuntime, tell: this.#tell });
    this.#created = both(clock.toTrial(state.createdAt), [notBeforeMs, arrivedMs]);
    this.#tell({ event: 'created', span: this.#created, heard: { source: watched, arrivedMs } });
  }

  /** Another version of the object. `notBeforeMs`: this version was not there before. */
  seen(state: PodState, { arrivedMs, notBeforeMs }: Arrival): void {
    this.state = state;
    const heard = { source: watched, arrivedMs };
    if (state.deletedAt && !this.#deleted) {
      this.#deleted = true;
      const known = both(this.#request.clock.toTrial(state.deletedAt), [notBeforeMs, arrivedMs]);
      const span: Span = [known[0], this.#ending.firstActMs(known)];
      this.#tell({ event: 'deleted', span, heard });
      this.#ending.deleted(span, span[1]);
    }
    if (state.container) this.#containerSeen(state.container, heard);
    this.#readinessSeen(heard);
  }

  /** The kubelet's Event that it stops the container. */
  killing(span: Span, heard: Heard): void {
    this.#ending.killing(span, heard);
  }

  /** Anything else that went wrong, in the words of whoever says so. */
  warn(detail: string, span: Span, heard: Heard): void {
    this.#tell({ event: 'warning', span, heard, facts: { detail } });
  }

  act(act: RuntimeAct, heard: Heard): void {
    this.#ending.act(act, heard);
  }

  /** The last one that the Service sent to it, by whoever sees connections. */
  lastNewConnection(epochMs: number, heard: Heard): void {
    const span = this.#request.clock.toTrial([epochMs, epochMs]);
    this.#tell({ event: 'lastNewConnection', span, heard });
  }

  /** The object is no longer there. */
  removed({ arrivedMs, notBeforeMs }: Arrival): void {
    this.#ending.settle();
    this.gone = true;
    const earliest = Math.min(arrivedMs, Math.max(notBeforeMs, this.#created[0]));
    this.#tell({ event: 'gone', span: [earliest, arrivedMs], heard: { source: watched, arrivedMs } });
  }

  #containerSeen(container: ContainerState, heard: Heard): void {
    const { restartCount, startedAt, startupPassed, ended } = container;
    const known: Span = [this.#created[0], heard.arrivedMs];
    if (ended) {
      if (!this.#deleted) this.#noteEndedByItself(ended.exitCode, heard);
      this.#ending.exitSeen(ended, heard);
    }
    if (startedAt && !this.#started.has(restartCount)) {
      const span = both(this.#request.clock.toTrial(startedAt), known);
      this.#started.set(restartCount, span);
      this.#tell({ event: 'started', span, heard, facts: { restartCount } });
    }
    if (startupPassed && !this.#startupPassed.has(restartCount)) {
      this.#startupPassed.add(restartCount);
      const [earliest] = this.#started.get(restartCount) ?? known;
      this.#tell({ event: 'startupPassed', span: [earliest, heard.arrivedMs], heard });
    }
  }

  #readinessSeen(heard: Heard): void {
    const { ready, readyChangedAt } = this.state;
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.wasReady ||= ready;
    const known: Span = [this.#created[0], heard.arrivedMs];
    const span = readyChangedAt ? both(this.#request.clock.toTrial(readyChangedAt), known) : known;
    this.#tell({ event: ready ? 'ready' : 'unready', span, heard });
  }

  /** A container that ends in the middle of the load is no restart's doing, so the trial proves nothing. */
  #noteEndedByItself(exitCode: number, { arrivedMs }: Heard): void {
    if (this.#endedByItself || !this.wasReady) return;
    this.#endedByItself = true;
    const detail = `${this.state.name} ended although nobody restarted it: ${describeExit(exitCode)}`;
    this.#request.record({ type: 'problem', atMs: arrivedMs, code: 'pod-ended', detail });
  }

  readonly #tell: Tell = ({ event, span, heard, estimateMs = span[1], facts = {} }) => {
    const { atMs, seen } = timing(span, heard, estimateMs);
    const revision = this.#request.revisionOf(this.state);
    this.#request.record({ type: 'pod', atMs, pod: this.state.name, event, revision, ...facts, seen });
  };
}

/** When the lab heard of a version of an object, and before when it cannot have been made; trial time. */
export interface Arrival {
  arrivedMs: number;
  /** -Infinity where that is not known. */
  notBeforeMs: number;
}
