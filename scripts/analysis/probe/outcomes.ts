import { roundMs } from '../../support/clock.ts';
import type { ProbeSession } from '../../timeline/probe-records.ts';
import { endedWithAnswer, isAsBefore, type Baseline } from './baseline.ts';
import type { Connection, ConnectionEnd, Exchange } from './connections.ts';
import { evidenceOf, isByKill, type SessionEvidence } from './evidence.ts';
import type { ConnectionFinding, Outcome } from './model.ts';
import { reactionOf } from './reaction.ts';
import { actsOf, whyNotReached } from './reached.ts';

/** The end of a process and that of its connections are seen so far apart. */
const atExitMs = 100;

/**
 * What became of each connection of a session, also of one that is not whole or is a sweep. Connections that
 * were planned for a time which the session did not reach are left out.
 */
export function connectionFindings(session: ProbeSession, baseline?: Baseline): ConnectionFinding[] {
  const evidence = evidenceOf(session, baseline);
  const { atMs: reactedMs } = reactionOf(evidence);
  return evidence.connections
    .filter(({ plan, dialledMs }) => plan.state !== 'late' || dialledMs !== null)
    .map((connection) => findingOf({ evidence, connection, reactedMs }));
}

interface Subject {
  evidence: SessionEvidence;
  connection: Connection;
  /** From SIGTERM. */
  reactedMs: number | null;
}

function findingOf({ evidence, connection, reactedMs }: Subject): ConnectionFinding {
  const { plan, end } = connection;
  const fromSigterm = (atMs: number | null | undefined) =>
    atMs === null || atMs === undefined || evidence.life.sigtermMs === null
      ? null
      : roundMs(atMs - evidence.life.sigtermMs);
  const finding: ConnectionFinding = {
    id: plan.id,
    state: plan.state,
    actsAfterMs: plan.actsAfterMs,
    outcome: 'not reached',
    status: null,
    sentMs: null,
    answeredMs: null,
    endedMs: fromSigterm(end?.atMs),
    endedBy: end?.by ?? null,
    beforeReaction: false,
    remark: '',
    next: null,
  };
  const obstacle = whyNotReached(evidence, connection);
  if (obstacle !== undefined) return { ...finding, remark: obstacle };
  const { act, next } = actsOf(connection);
  const sentMs = fromSigterm(act?.sentMs);
  const outcome = outcomeOf(evidence, connection, act);
  const actedEarly = sentMs !== null && reactedMs !== null && sentMs < reactedMs;
  return {
    ...finding,
    outcome,
    status: act?.answer.status ?? null,
    sentMs,
    answeredMs: fromSigterm(act?.answeredMs),
    beforeReaction: plan.state !== 'in-flight' && actedEarly && !showsReaction(evidence, outcome),
    remark: remarkOn(connection, act),
    next:
      next === undefined
        ? null
        : {
            outcome: outcomeOf(evidence, connection, next),
            sentMs: fromSigterm(next.sentMs) ?? 0,
            status: next.answer.status,
          },
  };
}

/** It acted before it was answered like this, and still this answer is no part of a race. */
function showsReaction({ baseline }: SessionEvidence, outcome: Outcome): boolean {
  return outcome === 'rejected' || (outcome === 'served, close announced' && baseline.keepsAlive === true);
}

function outcomeOf(evidence: SessionEvidence, connection: Connection, act: Exchange | undefined): Outcome {
  if (act !== undefined && act.answeredMs !== null) return answeredOutcome(evidence, connection, act);
  if (connection.connectedMs === null) return dialOutcome(connection.end);
  if (act === undefined || act.sentMs === null) return unsentOutcome(evidence, connection);
  const { end } = connection;
  if (end === null || isByKill(evidence.life, end.atMs)) return 'never answered';
  return end.by === 'FIN' ? 'lost by FIN' : 'lost by RST';
}

function answeredOutcome(evidence: SessionEvidence, connection: Connection, act: Exchange): Outcome {
  if (!isAsBefore(evidence.baseline, act.answer.status)) return 'rejected';
  if (act.answer.closeAnnounced) return 'served, close announced';
  const { end } = connection;
  if (end === null || isByKill(evidence.life, end.atMs)) return 'served';
  return endedWithAnswer(connection, act) ? 'served, then closed unannounced' : 'served';
}

function dialOutcome(end: ConnectionEnd | null): Outcome {
  if (end === null) return 'never answered';
  return end.by === 'refused' ? 'refused' : 'lost by RST';
}

/** Nothing, or half a request, had been sent. */
function unsentOutcome({ life }: SessionEvidence, { plan, end }: Connection): Outcome {
  if (end === null || isByKill(life, end.atMs)) return 'left open';
  // What was to act found the connection closed, whatever closed it. A silent one tells who waits for whom.
  const isSilent = plan.actsAfterMs === null;
  const atExit = life.exitedMs !== null && end.atMs >= life.exitedMs - atExitMs;
  return isSilent && atExit ? 'left open' : 'closed before the request';
}

function remarkOn({ plan, end, spokeFirst, connectedMs }: Connection, act: Exchange | undefined): string {
  const remarks: string[] = [];
  if (spokeFirst) remarks.push('the server spoke first');
  if (plan.state === 'late' && connectedMs === null && end?.by !== 'refused') {
    remarks.push('the dial was not accepted');
  }
  if (end !== null && !['', 'ECONNRESET', 'EPIPE', 'ECONNREFUSED'].includes(end.errno))
    remarks.push(end.errno);
  if (act !== undefined) remarks.push(...remarksOnAnswer(act));
  return remarks.join('; ');
}

function remarksOnAnswer({ answer, answeredMs, sentMs }: Exchange): string[] {
  const remarks: string[] = [];
  if (answer.problem !== '') remarks.push(answer.problem);
  else if (answeredMs === null && answer.phase !== 'none')
    remarks.push(`the answer stopped in its ${answer.phase}`);
  if (answeredMs !== null && sentMs === null) remarks.push('answered half a request');
  if (answeredMs !== null && answer.version === '1.0') remarks.push('HTTP/1.0');
  if (answer.interim.length > 0) remarks.push(`${answer.interim.join(', ')} first`);
  if (answer.surplusBytes > 0) remarks.push(`${answer.surplusBytes} bytes after the end of the answer`);
  return remarks;
}
