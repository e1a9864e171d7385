import { roundMs } from '../../support/clock.ts';
import type { ProbeSession } from '../../timeline/probe-records.ts';
import type { Baseline } from './baseline.ts';
import { evidenceOf, isByKill } from './evidence.ts';
import { exitOf } from './exit.ts';
import type { SessionFindings } from './model.ts';
import { connectionFindings } from './outcomes.ts';
import { reactionOf } from './reaction.ts';

/** All that one session shows, compared with what the server did before SIGTERM. */
export function sessionFindings(session: ProbeSession, baseline: Baseline): SessionFindings {
  const { header } = session;
  const evidence = evidenceOf(session, baseline);
  const { sigtermMs, listenerClosedMs } = evidence.life;
  const reaction = reactionOf(evidence);
  const stoppedListening =
    sigtermMs !== null && listenerClosedMs !== null && !isByKill(evidence.life, listenerClosedMs);
  return {
    session: header.session,
    condition: header.condition,
    repetition: header.repetition,
    invalid: whyInvalid(session),
    reactedMs: reaction.atMs,
    reaction: reaction.text,
    listenerClosedMs: stoppedListening ? roundMs(listenerClosedMs - sigtermMs) : null,
    exit: exitOf(session),
    connections: connectionFindings(session, baseline),
  };
}

function whyInvalid({ process, problems, damaged }: ProbeSession): string[] {
  const happened = new Set(process.map(({ event }) => event));
  const reasons = problems.map(({ detail }) => detail);
  if (reasons.length === 0 && !happened.has('sigterm')) reasons.push('the record has no SIGTERM');
  else if (reasons.length === 0 && !happened.has('exited'))
    reasons.push('the record has no end of the process');
  const [first, ...others] = damaged;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    reasons.push(`the record is damaged: ${first}${more}`);
  }
  return reasons;
}
