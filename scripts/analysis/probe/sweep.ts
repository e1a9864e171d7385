import { extent, max, mean, min, pairs, quantile, sum } from 'd3-array';
import type { ProbeSession } from '../../timeline/probe-records.ts';
import { clopperPearson } from '../statistics.ts';
import { tally } from '../tally.ts';
import type { ConnectionFinding, Outcome } from './model.ts';
import { connectionFindings } from './outcomes.ts';

/** A request that was lost: sent, and not answered as one before SIGTERM. */
export interface SweepLoss {
  /** When it was sent, from SIGTERM; negative before it. */
  offsetMs: number;
  outcome: Outcome;
}

/** How long a server loses what reaches it, at 95 %. */
export interface LossWindow {
  estimateMs: number;
  lowerMs: number;
  upperMs: number;
}

/**
 * What the sweeps of one variant say. Figures are those of valid sweeps together, and null without one. Moments are
 * those of connections that were ready: when their request was sent, or was to be sent and the server had closed
 * the connection before.
 */
export interface SweepFindings {
  variant: string;
  /** Valid sweeps, each one termination. */
  terminations: number;
  sent: number;
  closedBefore: number;
  /** Connections that could not be brought to be idle. */
  notReached: number;
  /** From the first to the last moment, in the mean of the sweeps. */
  spanMs: number | null;
  /** The 99th percentile of how far requests were sent from their planned moment. */
  sendErrorP99Ms: number | null;
  /** In order of time. */
  losses: SweepLoss[];
  byOutcome: Partial<Record<Outcome, number>>;
  /** Null when nothing was lost. */
  window: LossWindow | null;
  /** What each valid sweep alone estimates, in milliseconds; 0 when it lost nothing. */
  singleMs: number[];
  /** A window that lasts at least this long, anywhere in the span, loses a request with 95 %. */
  smallestWindowMs: number | null;
  /** A window longer than this loses a request wherever in the span it is. */
  longestGapMs: number | null;
  invalid: string[];
}

const lostOutcomes: readonly Outcome[] = ['lost by FIN', 'lost by RST', 'never answered', 'rejected'];
/** The chance at which a window is too short to be found. */
const missedShare = 0.05;
/** Requests that leave later come in bursts, with nothing between them where a window would be seen. */
const sendErrorLimitMs = 5;

/** One valid sweep. */
interface Sweep {
  sent: ConnectionFinding[];
  closedBefore: number;
  notReached: number;
  /** From SIGTERM, in order. */
  momentsMs: number[];
  spanMs: number;
}

/**
 * Estimates the loss window from the sessions called `sweep`; others are left out.
 *
 * Moments are uniform over their span, so a window of w is hit by each with the chance w/span: of m moments, k
 * lost estimate w by k/m × span, with the interval of k/m by Clopper and Pearson; and a window that is missed by
 * all of them with 5 % is (1 − 0.05^(1/m)) × span long; longer, where the real moments leave larger gaps than moments
 * at random do, as on a busy machine. Several sweeps count as one whose moments are as dense as
 * theirs together; the interval then takes the window to be the same in each.
 */
export function analyseSweep(sessions: readonly ProbeSession[]): SweepFindings {
  const all = sessions.filter(({ header }) => header.session === 'sweep').map(readSweep);
  const sweeps = all.filter((sweep) => 'momentsMs' in sweep);
  const invalid = all.flatMap((sweep) => ('invalid' in sweep ? sweep.invalid : []));
  if (all.length === 0) invalid.push('there was no sweep');
  const sent = sweeps.flatMap((sweep) => sweep.sent);
  const losses = lossesOf(sent);
  return {
    variant: sessions[0]?.header.variant ?? '',
    terminations: sweeps.length,
    sent: sent.length,
    closedBefore: sum(sweeps, ({ closedBefore }) => closedBefore),
    notReached: sum(sweeps, ({ notReached }) => notReached),
    spanMs: mean(sweeps, ({ spanMs }) => spanMs) ?? null,
    sendErrorP99Ms: quantile(sent, 0.99, sendErrorMs) ?? null,
    losses,
    byOutcome: tally(losses, ({ outcome }) => outcome),
    ...windowOf(sweeps, losses.length),
    singleMs: sweeps.map(estimateMs),
    longestGapMs: min(sweeps, longestGapMs) ?? null,
    invalid,
  };
}

function readSweep(session: ProbeSession): Sweep | { invalid: string[] } {
  const name = `sweep ${session.header.repetition}`;
  const invalid = session.problems.map(({ code, detail }) => `${name}: ${code}: ${detail}`);
  if (session.damaged.length > 0) {
    const lines = session.damaged.length === 1 ? 'line' : 'lines';
    invalid.push(`${name}: ${session.damaged.length} ${lines} of its record cannot be read`);
  }
  if (!session.process.some(({ event }) => event === 'sigterm'))
    invalid.push(`${name}: there was no SIGTERM`);
  if (invalid.length > 0) return { invalid };
  const sweep = sweepOf(connectionFindings(session));
  if (sweep === undefined) return { invalid: [`${name}: no request was sent around SIGTERM`] };
  const errorMs = quantile(sweep.sent, 0.99, sendErrorMs) ?? 0;
  if (errorMs <= sendErrorLimitMs) return sweep;
  const text = `its requests were sent up to ${errorMs.toFixed(1)} ms from their moment: the machine was too busy`;
  return { invalid: [`${name}: ${text}`] };
}

/** Undefined when the moments do not reach from before SIGTERM to after it. */
function sweepOf(connections: ConnectionFinding[]): Sweep | undefined {
  const sent = connections.filter(({ sentMs }) => sentMs !== null);
  const closedBefore = connections.filter(({ outcome }) => outcome === 'closed before the request');
  const momentsMs = [
    ...sent.map(({ sentMs }) => sentMs ?? 0),
    ...closedBefore.map(({ actsAfterMs }) => actsAfterMs ?? 0),
  ].sort((a, b) => a - b);
  const [firstMs, lastMs] = extent(momentsMs);
  if (firstMs === undefined || firstMs > 0 || lastMs < 0 || firstMs === lastMs) return undefined;
  return {
    sent,
    closedBefore: closedBefore.length,
    notReached: connections.filter(({ outcome }) => outcome === 'not reached').length,
    momentsMs,
    spanMs: lastMs - firstMs,
  };
}

function lossesOf(sent: readonly ConnectionFinding[]): SweepLoss[] {
  return sent
    .filter(({ outcome }) => lostOutcomes.includes(outcome))
    .map(({ sentMs, outcome }) => ({ offsetMs: sentMs ?? 0, outcome }))
    .sort((a, b) => a.offsetMs - b.offsetMs);
}

function estimateMs({ sent, momentsMs, spanMs }: Sweep): number {
  return (lossesOf(sent).length / momentsMs.length) * spanMs;
}

function windowOf(
  sweeps: readonly Sweep[],
  lost: number,
): Pick<SweepFindings, 'window' | 'smallestWindowMs'> {
  const moments = sum(sweeps, ({ momentsMs }) => momentsMs.length);
  const perMs = sum(sweeps, ({ momentsMs, spanMs }) => momentsMs.length / spanMs);
  if (moments === 0) return { window: null, smallestWindowMs: null };
  const spanMs = moments / perMs;
  const bound = clopperPearson(lost, moments);
  return {
    window:
      bound?.kind === 'interval'
        ? {
            estimateMs: (lost / moments) * spanMs,
            lowerMs: bound.lower * spanMs,
            upperMs: bound.upper * spanMs,
          }
        : null,
    smallestWindowMs: Math.max((1 - missedShare ** (1 / moments)) * spanMs, longestMissedMs(sweeps)),
  };
}

/** The longest window that these moments miss with 5 %, at a random place in the span of each sweep. */
function longestMissedMs(sweeps: readonly Sweep[]): number {
  const all = sweeps.map(({ momentsMs, spanMs }) => ({ gapsMs: gapsOf(momentsMs), spanMs }));
  const missed = (windowMs: number) =>
    all.reduce((share, { gapsMs, spanMs }) => {
      return (share * sum(gapsMs, (gapMs) => Math.max(0, gapMs - windowMs))) / spanMs;
    }, 1);
  let [shortMs, longMs] = [0, max(all, ({ spanMs }) => spanMs) ?? 0];
  while (longMs - shortMs > 0.001) {
    const middleMs = (shortMs + longMs) / 2;
    if (missed(middleMs) > missedShare) shortMs = middleMs;
    else longMs = middleMs;
  }
  return longMs;
}

function gapsOf(momentsMs: readonly number[]): number[] {
  return pairs(momentsMs, (earlier, later) => later - earlier);
}

function sendErrorMs({ sentMs, actsAfterMs }: ConnectionFinding): number {
  return Math.abs((sentMs ?? 0) - (actsAfterMs ?? 0));
}

function longestGapMs({ momentsMs }: Sweep): number {
  return max(gapsOf(momentsMs)) ?? 0;
}
