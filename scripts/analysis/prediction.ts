import type { Column, Judgement } from './judge.ts';
import type { ProbeFindings, StrategyPart } from './probe/model.ts';

/**
 * What follows from a probe for the load. `may lose`: it depends on the moment, e.g. on whether a request is written just
 * when the server hangs up, so that neither a loss nor its absence contradicts it.
 */
export type Prediction = 'no loss' | 'may lose' | 'loses';

/** A prediction with the connections of the probe it comes from, `<session>#<connection>`. */
export interface Predicted {
  prediction: Prediction;
  because: string;
  evidence: string[];
}

/** Of a scenario and a cluster: what decides who still sends to a pod that was told to stop. */
export interface PredictionConditions {
  preStopMs: number;
  requestDelayMs: number;
  /** From the deletion of a pod to the Service leaving it out; null where nobody knows. */
  propagationDelayMs: number | null;
}

/** Predicts both columns of one variant in one scenario; undefined where the probe says nothing of it. */
export function predict(
  probe: ProbeFindings,
  conditions: PredictionConditions,
): Partial<Record<Column, Predicted>> {
  if (probe.invalid.length > 0) return {};
  const fresh = predictFresh(probe, conditions);
  const persistent = predictPersistent(probe, conditions, fresh);
  return { ...(fresh && { fresh }), ...(persistent && { persistent }) };
}

/** New connections arrive until the Service knows: none does when the hook lasts longer than that. */
function predictFresh(probe: ProbeFindings, conditions: PredictionConditions): Predicted | undefined {
  if (conditions.propagationDelayMs === null) return undefined;
  const exposedMs = conditions.propagationDelayMs - conditions.preStopMs;
  const openMs = exposedMs + conditions.requestDelayMs;
  if (exposedMs <= 0) {
    if (openMs <= 0)
      return { prediction: 'no loss', because: 'new connections stop before SIGTERM', evidence: [] };
    return requestsInFlight(probe, 'requests of new connections may be in flight at SIGTERM');
  }
  const condition = conditions.requestDelayMs > 0 ? 'busy' : 'quiet';
  const late = probe.arrivals.filter(
    (arrival) => arrival.condition === condition && arrival.afterMs < exposedMs && !arrival.beforeReaction,
  );
  if (late.length === 0) return undefined;
  const lost = late.filter(({ served }) => !served);
  if (lost.length === 0) {
    const because = `new connections are served for ${exposedMs / 1000} s after SIGTERM`;
    return { prediction: 'no loss', because, evidence: late.map(({ evidence }) => evidence) };
  }
  return {
    prediction: 'loses',
    because: `new connections still come for ${exposedMs / 1000} s after SIGTERM, and ${lost.length} of ${late.length} were not served`,
    evidence: lost.map(({ evidence }) => evidence),
  };
}

function predictPersistent(
  probe: ProbeFindings,
  conditions: PredictionConditions,
  fresh: Predicted | undefined,
): Predicted | undefined {
  if (probe.parts.some(({ label }) => label === 'no keep-alive')) return undefined;
  const busy = conditions.requestDelayMs > 0;
  const strongest = probe.parts
    .map((part) => ofPart(part, busy))
    .sort((a, b) => weight[b.prediction] - weight[a.prediction])[0];
  if (strongest === undefined) return undefined;
  // Nobody knows how a new connection fares, and clients whose connection is closed make one.
  if (strongest.prediction === 'no loss' && conditions.propagationDelayMs === null) return undefined;
  // A client whose connection was closed dials again, and then fares as a new one.
  if (strongest.prediction !== 'no loss' || fresh === undefined || fresh.prediction === 'no loss')
    return strongest;
  return {
    prediction: 'may lose',
    because: `connections are made anew, and ${fresh.because}`,
    evidence: fresh.evidence,
  };
}

const weight: Record<Prediction, number> = { 'no loss': 0, 'may lose': 1, loses: 2 };

/** What one part of the strategy does to a client that sends on its connection all the time. */
function ofPart({ label, condition, evidence }: StrategyPart, busy: boolean): Predicted {
  const say = (prediction: Prediction, because: string): Predicted => ({ prediction, because, evidence });
  const relevant = busy || condition === 'quiet';
  switch (label) {
    case 'one more message':
      return say('no loss', 'the next request is answered and the close is announced');
    case 'no keep-alive':
      return say('no loss', 'no connection stays open');
    case 'immediate hang-up':
    case 'closes after an unannounced answer':
      return say('may lose', 'idle connections are closed without a word');
    case 'rejects':
    case 'swallows':
      return say(
        relevant ? 'loses' : 'may lose',
        label === 'rejects' ? 'the next request is rejected' : 'the next request is never answered',
      );
    case 'cuts in flight':
      return say(busy ? 'loses' : 'may lose', 'requests in flight are cut');
    case 'waits for clients':
    case 'ignores SIGTERM':
      return say(busy ? 'loses' : 'may lose', 'it serves on until it is killed');
  }
}

function requestsInFlight(probe: ProbeFindings, because: string): Predicted {
  const cut = probe.parts.filter(({ label }) => label === 'cuts in flight');
  if (cut.length === 0)
    return { prediction: 'no loss', because: `${because}, and are finished`, evidence: [] };
  return {
    prediction: 'may lose',
    because: `${because}, and are cut`,
    evidence: cut.flatMap(({ evidence }) => evidence),
  };
}

/** Why the load contradicts the probe, in a sentence; undefined when it does not, or when it proves nothing. */
export function contradictionOf(
  { prediction, because, evidence }: Predicted,
  seen: Pick<Judgement, 'verdict' | 'lost' | 'of' | 'mainClass'>,
): string | null {
  const { verdict, lost, of, mainClass } = seen;
  const source = evidence.length === 0 ? '' : ` (${evidence.slice(0, 3).join(', ')})`;
  if (prediction === 'no loss' && (verdict === 'loses' || verdict === 'loses sometimes')) {
    return `the probe predicts no loss, as ${because}${source}; the load lost ${lost} of ${of} (${mainClass ?? 'unknown'})`;
  }
  if (prediction === 'loses' && verdict === 'no loss seen') {
    return `the probe predicts a loss, as ${because}${source}; the load lost none of ${of}`;
  }
  return null;
}
