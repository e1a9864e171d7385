import { clientTimes, type ClientClock } from './client-times.ts';
import { clockToleranceMs, type PodClock } from './clock.ts';
import type { Evidence } from './evidence.ts';
import type { Remark } from './findings.ts';
import { firstOf, lastOf, type PodHistory } from './pods.ts';
import { spanOf, type Span } from './span.ts';

/** From here on the clock of k6's pod is called rough: more than a phase of a quick server lasts. */
const roughClockMs = 50;

/** What makes times of k6's pod useless: its clock was not read, was set, or contradicts what pods did. */
export function clientClockFaults(evidence: Evidence, clock: PodClock & ClientClock): Remark[] {
  const { stepMs, stepUncertaintyMs } = clock;
  if (stepMs === null) {
    return [{ code: 'clock-missing', text: "the clock of k6's pod was not read at both ends of the load" }];
  }
  const limitMs = clockToleranceMs + stepUncertaintyMs;
  if (Math.abs(stepMs) > limitMs) {
    const text = `the clock of k6's pod moved by ${stepMs.toFixed(1)} ms against the lab's (limit ±${limitMs.toFixed(1)} ms)`;
    return [{ code: 'clock-stepped', text }];
  }
  const apart = furthestApart(evidence, clock);
  if (apart === undefined || apart.byMs <= clockToleranceMs) return [];
  const text = `${apart.pod} answered a request of k6 ${apart.byMs.toFixed(1)} ms ${apart.how} (limit ${clockToleranceMs} ms): their clocks are apart`;
  return [{ code: 'clocks-apart', text }];
}

/** A doubt that leaves the counts as they are: only phases get `ambiguous` more often. */
export function roughClockFlag({ uncertaintyMs }: PodClock): Remark[] {
  if (uncertaintyMs <= roughClockMs) return [];
  const text = `the clock of k6's pod is known to ±${uncertaintyMs.toFixed(0)} ms only: phases within that are ambiguous`;
  return [{ code: 'clock-rough', text }];
}

interface Contradiction {
  pod: string;
  byMs: number;
  how: string;
}

/** No pod answers before it exists, nor a request that began after its process had exited. */
function furthestApart({ ledger, timeline, pods }: Evidence, clock: ClientClock): Contradiction | undefined {
  const { ends } = timeline;
  const lives = new Map([...pods.values()].map((history) => [history.pod, lifeOf(history)]));
  let furthest: Contradiction | undefined;
  for (const request of ledger.all) {
    const life = request.end === -1 ? undefined : lives.get(ends.pod[request.end] ?? '');
    if (life === undefined) continue;
    const { pod, alive } = life;
    const { sent, ended } = clientTimes(request, ends, clock);
    const [earlyMs, lateMs] = [alive[0] - ended[1], sent[0] - alive[1]];
    const byMs = Math.max(earlyMs, lateMs);
    if (byMs <= (furthest?.byMs ?? 0)) continue;
    furthest = { pod, byMs, how: byMs === earlyMs ? 'before it was created' : 'after it had exited' };
  }
  return furthest;
}

function lifeOf(history: PodHistory): { pod: string; alive: Span } {
  const created = firstOf(history, 'created');
  const end = lastOf(history, 'exited');
  // A container that exited and was started again answers again.
  const restarted = end !== undefined && (lastOf(history, 'started')?.atMs ?? -Infinity) > end.atMs;
  return {
    pod: history.pod,
    alive: [
      created === undefined ? -Infinity : spanOf(created)[0],
      end === undefined || restarted ? Infinity : spanOf(end)[1],
    ],
  };
}
