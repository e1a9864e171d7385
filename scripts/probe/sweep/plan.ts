import { roundMs } from '../../support/clock.ts';
import { seededRandom } from '../../support/random.ts';
import type { PlannedSession } from '../sessions.ts';
import { probeTimes } from '../times.ts';

/** How a server's loss window is looked for. */
export interface SweepRequest {
  /** Each sends one request. */
  connections: number;
  /** Whole number that fixes the moments. */
  seed: number;
  /** 20 ms if absent. */
  spreadMs?: number;
}

/**
 * One request on each of many idle connections, at a moment anywhere within the spread around SIGTERM. The
 * moments are independent of each other: the chance to miss a window follows from that.
 */
export function planSweep(request: SweepRequest): PlannedSession {
  const { connections, seed, spreadMs = probeTimes.sweepSpreadMs } = request;
  const random = seededRandom(seed);
  return {
    session: 'sweep',
    condition: 'quiet',
    connections: Array.from({ length: connections }, (_, id) => ({
      id,
      state: 'idle',
      actsAfterMs: roundMs((2 * random() - 1) * spreadMs),
    })),
  };
}
