import type { ProbeSession } from '../../timeline/probe-records.ts';
import { readConnections, type Connection, type Exchange } from './connections.ts';
import { lifeOf } from './exit.ts';

/** A connection that ends so soon after an answer was ended with that answer. */
const endsWithAnswerMs = 100;

/** What requests got before SIGTERM: what comes after is compared with it. */
export interface Baseline {
  /** At least one answer left its connection open; null when there was no answer. */
  keepsAlive: boolean | null;
  statuses: ReadonlySet<number>;
}

/** Takes together what every answer before SIGTERM showed. */
export function baselineOf(sessions: readonly ProbeSession[]): Baseline {
  let keepsAlive: boolean | null = null;
  const statuses = new Set<number>();
  for (const session of sessions) {
    const untilMs = lifeOf(session).sigtermMs ?? Infinity;
    for (const connection of readConnections(session)) {
      for (const exchange of connection.exchanges) {
        if (exchange.answeredMs === null || exchange.answeredMs >= untilMs) continue;
        keepsAlive = keepsAlive === true || !closedWithAnswer(connection, exchange);
        if (exchange.answer.status !== null) statuses.add(exchange.answer.status);
      }
    }
  }
  return { keepsAlive, statuses };
}

/** The answer is what a client hopes for: 2xx, or what the same request got before SIGTERM. */
export function isAsBefore(baseline: Baseline, status: number | null): boolean {
  return status !== null && ((status >= 200 && status <= 299) || baseline.statuses.has(status));
}

function closedWithAnswer(connection: Connection, exchange: Exchange): boolean {
  return exchange.answer.closeAnnounced || endedWithAnswer(connection, exchange);
}

/** The connection ended together with this answer, which was the last one on it. */
export function endedWithAnswer({ end, exchanges }: Connection, exchange: Exchange): boolean {
  return (
    end !== null &&
    exchange.answeredMs !== null &&
    exchange === exchanges.at(-1) &&
    end.atMs - exchange.answeredMs <= endsWithAnswerMs
  );
}
