import { roundMs } from '../support/clock.ts';
import type { Population } from '../timeline/records.ts';
import { outcomeOf } from './classification.ts';
import { clientLoss } from './client-loss.ts';
import { podOfUnread } from './connections.ts';
import type { Evidence } from './evidence.ts';
import type { FailureClass, Loss } from './findings.ts';
import { phaseAt } from './phases.ts';
import { forEachPopulation } from './populations.ts';
import type { Request } from './requests.ts';

/** k6's times have whole milliseconds and its lines are written after the fact. */
const epochToleranceMs = 2;
/** How far apart k6 and the balancer may see the end of one connection. */
const unreadToleranceMs = 10;

/** The requests of a trial by what became of them. */
export interface Outcomes {
  ok: Record<Population, number>;
  censored: Request[];
  losses: Loss[];
  /** Ended, but the balancer saw them on no connection. */
  unseen: Request[];
  /** Losses that were written into a connection in the instant in which a pod reset it. */
  unread: Loss[];
}

/** Sorts every request into ok, censored and lost. */
export function sortOutcomes(evidence: Evidence): Outcomes {
  const outcomes: Outcomes = {
    ok: forEachPopulation(() => 0),
    censored: [],
    losses: [],
    unseen: [],
    unread: [],
  };
  const { ends } = evidence.timeline;
  const stoppedMs = (evidence.load.stopping?.atMs ?? Infinity) - epochToleranceMs;
  for (const request of evidence.ledger.all) {
    const { end } = request;
    if (end === -1) {
      outcomes.censored.push(request);
      continue;
    }
    const outcome = outcomeOf({
      status: ends.status[end] ?? 0,
      errorCode: ends.errorCode[end] ?? 0,
      errorText: ends.errorText[end] ?? '',
      bodyMatches: ends.bodyMatches[end] ?? 0,
    });
    const seen = request.connection !== undefined || evidence.client !== null;
    if (outcome.kind === 'ok') {
      outcomes.ok[request.population]++;
      if (!seen) outcomes.unseen.push(request);
    } else if (outcome.kind === 'cancelled' && request.endMs >= stoppedMs) {
      outcomes.censored.push(request);
    } else {
      const failedClass = outcome.kind === 'failed' ? outcome.class : 'other';
      addLoss(
        { evidence, outcomes, request, seen },
        joined({ class: failedClass, text: outcome.text }, request),
      );
    }
  }
  return outcomes;
}

type Failure = { class: FailureClass; text: string };

/** What the balancer knows better: its client sees a reset where the pod refused the dial. */
function joined(failure: Failure, { refusal }: Request): Failure {
  if (refusal === '') return failure;
  const text = `${failure.text} (${refusal})`;
  if (refusal === 'ECONNREFUSED' || refusal === 'NO_ENDPOINT') return { class: 'refused', text };
  return { class: failure.class, text };
}

function addLoss(
  context: { evidence: Evidence; outcomes: Outcomes; request: Request; seen: boolean },
  failure: Failure,
): void {
  const { evidence, outcomes, request, seen } = context;
  const unreadPod =
    !seen && failure.class === 'reset'
      ? podOfUnread(request, evidence.resetByPod, unreadToleranceMs)
      : undefined;
  const loss =
    evidence.client === null
      ? lossOf(evidence, request, { ...failure, unreadPod })
      : clientLoss({ ...evidence, client: evidence.client }, request, failure);
  outcomes.losses.push(loss);
  if (unreadPod !== undefined) outcomes.unread.push(loss);
  else if (!seen) outcomes.unseen.push(request);
}

function lossOf(
  evidence: Evidence,
  request: Request,
  failure: Failure & { unreadPod: string | undefined },
): Loss {
  const { ends } = evidence.timeline;
  const connection =
    request.connection === undefined ? undefined : evidence.connections.get(request.connection);
  const pod = connection === undefined ? (failure.unreadPod ?? ends.pod[request.end] ?? '') : connection.pod;
  const sentMs = Number.isNaN(request.sentMs) ? request.startMs : request.sentMs;
  const answered = ends.status[request.end] !== 0;
  const failedMs = failedAt(request, { sentMs, answered, connectionEndedMs: connection?.ended?.atMs });
  const history = evidence.pods.get(pod);
  return {
    id: request.id,
    population: request.population,
    class: failure.class,
    sentMs: roundMs(sentMs),
    failedMs: roundMs(failedMs),
    pod,
    sentPhase: phaseAt(history, sentMs),
    failedPhase: phaseAt(history, failedMs),
    text: failure.text,
  };
}

/**
 * The balancer's time where the connection ended without an answer: k6 has whole milliseconds only. A
 * request that was sent after that end failed when it was sent.
 */
function failedAt(
  request: Request,
  {
    sentMs,
    answered,
    connectionEndedMs,
  }: { sentMs: number; answered: boolean; connectionEndedMs: number | undefined },
): number {
  if (request.refusal !== '') return sentMs;
  return Math.max(sentMs, answered ? request.endMs : (connectionEndedMs ?? request.endMs));
}
