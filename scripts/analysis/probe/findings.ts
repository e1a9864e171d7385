import type { ProbeSession } from '../../timeline/probe-records.ts';
import { tally, tallyText } from '../tally.ts';
import { baselineOf } from './baseline.ts';
import { drainOf } from './drain.ts';
import { exitTexts } from './exit.ts';
import { arrivalsOf, lateText } from './late.ts';
import type { ConnectionFinding, ProbeFindings, SessionFindings } from './model.ts';
import { sessionFindings } from './sessions.ts';
import { stateFindings } from './states.ts';
import { strategyOf } from './strategy.ts';

/**
 * What the sessions of one variant say. Sessions that are not whole are told and not counted; with some missing
 * the findings are what the others show.
 */
export function analyseProbe(sessions: readonly ProbeSession[]): ProbeFindings {
  const baseline = baselineOf(sessions);
  const all = sessions.map((session) => sessionFindings(session, baseline));
  const valid = all.filter(({ invalid }) => invalid.length === 0);
  const strategy = strategyOf(valid, baseline);
  const ignoresSigterm =
    strategy.parts.length > 0 && strategy.parts.every(({ label }) => label === 'ignores SIGTERM');
  return {
    variant: sessions[0]?.header.variant ?? '',
    strategy: strategy.text,
    byRepetition: tally(repetitionsOf(valid), (sessions) => strategyOf(sessions, baseline).text),
    parts: strategy.parts,
    inFlight: inFlightText(valid),
    late: lateText(valid),
    arrivals: arrivalsOf(valid),
    drainBound: drainOf(valid, ignoresSigterm),
    exits: exitTexts(valid),
    states: stateFindings(valid),
    sessions: all,
    invalid: [...all.flatMap(invalidTexts), ...strategy.invalid],
  };
}

function repetitionsOf(sessions: readonly SessionFindings[]): SessionFindings[][] {
  return [...Map.groupBy(sessions, ({ repetition }) => repetition).values()];
}

function invalidTexts({ session, repetition, invalid }: SessionFindings): string[] {
  return invalid.map((reason) => `${session}.${repetition}: ${reason}`);
}

function inFlightText(sessions: readonly SessionFindings[]): string {
  const inFlight = sessions.flatMap(({ connections }) =>
    connections.filter(({ state }) => state === 'in-flight'),
  );
  const counts = tally(inFlight, inFlightOutcome);
  const [only, ...others] = Object.keys(counts);
  return others.length > 0 ? tallyText(counts) : (only ?? 'unknown');
}

function inFlightOutcome({ outcome, status, remark }: ConnectionFinding): string {
  switch (outcome) {
    case 'lost by FIN':
    case 'lost by RST':
      return 'cut';
    case 'served, then closed unannounced':
      return 'served, then closed';
    case 'rejected':
      return `rejected with ${String(status)}`;
    case 'not reached':
      return `not in flight at SIGTERM (${remark})`;
    case 'served':
    case 'served, close announced':
    case 'closed before the request':
    case 'refused':
    case 'left open':
    case 'never answered':
      return outcome;
  }
}
