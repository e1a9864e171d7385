import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../support/clock.ts';

/** Lets so many in at a time; each calls what it got, once or more often, when it makes room. */
export function limitTo(atOnce: number): () => Promise<() => void> {
  let room = atOnce;
  const waiting: (() => void)[] = [];
  return async () => {
    if (room > 0) room -= 1;
    else await new Promise<void>((enter) => waiting.push(enter));
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const next = waiting.shift();
      if (next) next();
      else room += 1;
    };
  };
}

/** Where pods wait for each other. */
export interface Gate {
  /** Resolves when all have come or left, for one after the other. */
  pass(): Promise<void>;
  /** One that has not come will not come. */
  leave(): void;
}

/**
 * Opens when `count` have come, so that nobody starts while others are measured, and lets them pass at least
 * `apartMs` apart. An abort opens it at once.
 */
export function makeGate(count: number, apartMs: number, signal: AbortSignal): Gate {
  let expected = count;
  let nextMs = 0;
  const open = Promise.withResolvers<undefined>();
  const arrive = () => {
    expected -= 1;
    if (expected === 0) open.resolve(undefined);
  };
  const openNow = () => open.resolve(undefined);
  if (signal.aborted) openNow();
  else signal.addEventListener('abort', openNow, { once: true });
  return {
    leave: arrive,
    async pass() {
      arrive();
      await open.promise;
      const nowMs = monotonicMs();
      const turnMs = Math.max(nowMs, nextMs);
      nextMs = turnMs + apartMs;
      // Node's timers have whole milliseconds and leave out the rest.
      await sleep(Math.ceil(turnMs - nowMs), undefined, { signal }).catch(() => undefined);
    },
  };
}
