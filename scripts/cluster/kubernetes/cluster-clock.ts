import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, readClocks } from '../../support/clock.ts';
import type { Api } from './api.ts';
import type { Span } from './span.ts';

/** By how much the cluster's wall clock is ahead of this machine's: between these two, in milliseconds. */
export type Skew = readonly [leastMs: number, mostMs: number];

/** For a cluster on the kernel of this machine. */
export const noSkew: Skew = [0, 0];

const samples = 12;
const sampleEveryMs = 90;

/** Turns moments on the cluster's wall clock into trial time. */
export class ClusterClock {
  /** Monotonic milliseconds that are 0 in trial time. */
  readonly originMs: number;
  readonly #epochAtOriginMs: number;
  readonly #skew: Skew;

  constructor(originMs: number, skew: Skew) {
    const reading = readClocks();
    this.originMs = originMs;
    this.#epochAtOriginMs = reading.epochMs - (reading.monotonicMs - originMs);
    this.#skew = skew;
  }

  /** Trial time now. */
  now(): number {
    return monotonicMs() - this.originMs;
  }

  /** Trial time of a span of epoch milliseconds on the cluster's clock. */
  toTrial([earliest, latest]: Span): Span {
    const [least, most] = this.#skew;
    return [earliest - most - this.#epochAtOriginMs, latest - least - this.#epochAtOriginMs];
  }
}

/**
 * Bounds how far the API server's clock is ahead, from the `Date` of its answers: it has whole seconds, but answers
 * at different parts of a second narrow the bounds down to about the time of a round trip and of a sampling step.
 * The nodes are taken to agree with the API server.
 */
export async function measureSkew(api: Api): Promise<Skew> {
  let [least, most] = [-Infinity, Infinity];
  for (let sample = 0; sample < samples; sample += 1) {
    const sentMs = Date.now();
    const { date } = await api.get('/version');
    const arrivedMs = Date.now();
    const second = Date.parse(date ?? '');
    if (Number.isNaN(second)) continue;
    least = Math.max(least, second - arrivedMs - 1);
    most = Math.min(most, second + 1000 - sentMs + 1);
    await sleep(sampleEveryMs);
  }
  // Without any Date nothing is known; a second is what NTP keeps with certainty.
  if (least === -Infinity || least > most) return [-1000, 1000];
  return [least, most];
}
