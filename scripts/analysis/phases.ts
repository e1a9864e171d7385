import type { PodRecord } from '../timeline/records.ts';
import type { Phase } from './findings.ts';
import type { PodHistory } from './pods.ts';
import { spanOf, type Span } from './span.ts';

/** With more events than this open at one moment, nothing can be said of the phase. */
const openLimit = 10;

/**
 * Phase of a pod at a moment, or within a span in which the moment lies; an event counts from its own time on.
 * `ambiguous` where events that are known only roughly, or a moment that is, leave more than one.
 */
export function phaseAt(history: PodHistory | undefined, moment: number | Span): Phase {
  const [only = 'unknown', ...others] = possiblePhases(history, moment);
  return others.length === 0 ? only : 'ambiguous';
}

/**
 * Every phase in which the pod may have been. Of the events that may or may not have happened by then, each choice
 * is tried for which there is an instant in the span: behind all that happened, before all that did not.
 */
export function possiblePhases(history: PodHistory | undefined, moment: number | Span): Set<Phase> {
  if (history === undefined) return new Set<Phase>(['unknown']);
  const [fromMs, toMs] = typeof moment === 'number' ? [moment, moment] : moment;
  const events = history.events.filter(({ event }) => changesPhase(event));
  const begun = events.filter((event) => spanOf(event)[0] <= toMs);
  const open = begun.filter((event) => spanOf(event)[1] > fromMs);
  if (open.length > openLimit) return new Set<Phase>(['unknown', 'ambiguous']);
  const phases = new Set<Phase>();
  for (let choice = 0; choice < 1 << open.length; choice++) {
    const pending = open.filter((_, index) => (choice & (1 << index)) === 0);
    const happened = begun.filter((event) => !pending.includes(event));
    const earliestMs = Math.max(fromMs, ...happened.map((event) => spanOf(event)[0]));
    const endsMs = Math.min(Infinity, ...pending.map((event) => spanOf(event)[1]));
    if (earliestMs <= toMs && earliestMs < endsMs) phases.add(phaseBehind(happened));
  }
  return phases;
}

function phaseBehind(events: readonly PodRecord[]): Phase {
  return events.reduce<Phase>((phase, { event }) => phaseAfter(phase, event), 'unknown');
}

const ending: readonly Phase[] = ['deleted', 'terminating', 'draining', 'exited'];

function phaseAfter(phase: Phase, event: PodRecord['event']): Phase {
  const furthest = ending.indexOf(phase);
  switch (event) {
    case 'created':
      return 'starting';
    case 'started':
      // A container that was restarted begins anew; one that is being deleted is not restarted.
      return phase === 'exited' || phase === 'unknown' ? 'starting' : phase;
    case 'ready':
      return furthest === -1 ? 'serving' : phase;
    case 'deleted':
      return furthest < 0 ? 'deleted' : phase;
    case 'sigterm':
      return furthest < 1 ? 'terminating' : phase;
    case 'listenerClosed':
      return furthest < 2 ? 'draining' : phase;
    case 'exited':
    case 'gone':
      return 'exited';
    case 'portReplaced':
    case 'listening':
    case 'startupPassed':
    case 'unready':
    case 'preStopBegan':
    case 'preStopEnded':
    case 'sigkill':
    case 'lastNewConnection':
    case 'warning':
      return phase;
  }
}

/** The others say nothing of the phase, however roughly they are known. */
function changesPhase(event: PodRecord['event']): boolean {
  const phases: readonly Phase[] = ['unknown', 'starting', 'serving', ...ending];
  return phases.some((phase) => phaseAfter(phase, event) !== phase);
}
