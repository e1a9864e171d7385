import { roundMs } from '../support/clock.ts';
import { attribute } from './attribution.ts';
import { clientTimes } from './client-times.ts';
import type { ClientView } from './client-view.ts';
import type { Evidence } from './evidence.ts';
import type { Between, FailureClass, Loss, Phase } from './findings.ts';
import { possiblePhases } from './phases.ts';
import type { Request } from './requests.ts';
import type { Span } from './span.ts';

/** A lost request where only the client was watched: times and phases are as sure as k6's records make them. */
export function clientLoss(
  evidence: Pick<Evidence, 'pods' | 'timeline' | 'header'> & { client: ClientView },
  request: Request,
  failure: { class: FailureClass; text: string },
): Loss {
  const { client, timeline, pods } = evidence;
  const times = clientTimes(request, timeline.ends, client.clock);
  const attribution = attribute(evidence, request, { client, times });
  const { pod, podFrom, candidates } = attribution;
  const phase = (span: Span): Phase => {
    const phases = (candidates ?? [pod]).flatMap((name) => [...possiblePhases(pods.get(name), span)]);
    const [only = 'unknown', ...others] = new Set(phases);
    return others.length === 0 ? only : 'ambiguous';
  };
  return {
    id: request.id,
    population: request.population,
    class: failure.class,
    sentMs: roundMs(request.startMs),
    failedMs: roundMs(request.endMs),
    pod,
    podFrom,
    ...(candidates && { candidates }),
    betweenMs: { sent: between(times.sent), failed: between(times.ended) },
    sentPhase: phase(times.sent),
    failedPhase: phase(times.ended),
    text: times.dialFailed && failure.class === 'timeout' ? `${failure.text} (no connection)` : failure.text,
  };
}

function between([earliestMs, latestMs]: Span): Between {
  return [roundMs(earliestMs), roundMs(latestMs)];
}
