import { roundMs } from '../support/clock.ts';
import { populations, type Population } from '../timeline/records.ts';
import type { Evidence } from './evidence.ts';
import { forEachPopulation } from './populations.ts';
import type { PopulationFindings, Remark, Termination } from './findings.ts';
import { terminationsHit } from './hits.ts';
import type { Outcomes } from './losses.ts';
import type { Request } from './requests.ts';
import type { Schedule } from './schedule.ts';
import { spanOf } from './span.ts';
import { tally } from './tally.ts';

/** Beyond its delay a request may take so long on a busy machine. */
const answeredWithinMs = 1000;

/** Counts of each population, and every account that does not close. */
export function accountsOf(
  evidence: Evidence,
  outcomes: Outcomes,
  context: { schedules: Record<Population, Schedule>; terminations: readonly Termination[] },
): { populations: Record<Population, PopulationFindings>; invalid: Remark[] } {
  const started = countByPopulation(evidence.ledger.all);
  const censored = countByPopulation(outcomes.censored);
  const exposed = exposedRequests(evidence, outcomes);
  const resends = evidence.client?.hiddenResends ?? hiddenResends(evidence.ledger.all);
  const found = forEachPopulation((population): PopulationFindings => {
    const losses = outcomes.losses.filter((loss) => loss.population === population);
    const { terminations } = context;
    const { atLeast, atMost } = terminationsHit({ terminations, losses }, [population]);
    return {
      planned: context.schedules[population].planned,
      started: started[population],
      dropped: evidence.load.ended?.counts?.[population].dropped ?? 0,
      ok: outcomes.ok[population],
      failed: losses.length,
      censored: censored[population],
      exposed: exposed[population],
      byClass: tally(losses, (loss) => loss.class),
      byPhase: tally(losses, (loss) => loss.sentPhase),
      hiddenResends: resends[population],
      terminationsWithLoss: atLeast,
      ...(atMost > atLeast && { terminationsWithLossAtMost: atMost }),
    };
  });
  const invalid = [
    ...recordFaults(evidence, started),
    ...populations.flatMap((population) => openAccounts(evidence, population, found[population])),
    ...censoredFaults(evidence, outcomes),
    ...unseenFaults(outcomes),
  ];
  return { populations: found, invalid };
}

function countByPopulation(requests: readonly Request[]): Record<Population, number> {
  const counts = forEachPopulation(() => 0);
  for (const request of requests) counts[request.population]++;
  return counts;
}

function exposedRequests(
  { rolloutBeganMs, load, ledger }: Evidence,
  { censored, losses }: Outcomes,
): Record<Population, number> {
  const fromMs = rolloutBeganMs ?? load.firstRequest?.atMs ?? -Infinity;
  const counts = forEachPopulation(() => 0);
  for (const request of ledger.all) if (sentAt(request) >= fromMs) counts[request.population]++;
  for (const request of censored) if (sentAt(request) >= fromMs) counts[request.population]--;
  // One that was under way when the rollout began counts when it was lost: it was exposed.
  for (const { population, sentMs } of losses) if (sentMs < roundMs(fromMs)) counts[population]++;
  return counts;
}

function sentAt({ sentMs, startMs }: Request): number {
  return Number.isNaN(sentMs) ? startMs : sentMs;
}

/** Each connection beyond the first counts once, whatever became of the request. */
function hiddenResends(requests: readonly Request[]): Record<Population, number> {
  const resends = forEachPopulation(() => 0);
  for (const { population, earlierConnections } of requests) {
    if (earlierConnections !== undefined) resends[population] += earlierConnections.length;
  }
  return resends;
}

function recordFaults(evidence: Evidence, started: Record<Population, number>): Remark[] {
  const { endsWithoutStart, doubled, strange } = evidence.ledger;
  const faults: Remark[] = [];
  const add = (code: string, ids: readonly string[], what: string): void => {
    if (ids.length > 0)
      faults.push({ code, text: `${ids.length} request${plural(ids)} ${what}: ${some(ids)}` });
  };
  add('end-without-start', endsWithoutStart, 'ended and never started');
  add('records-doubled', doubled, 'started or ended twice');
  add('records-strange', strange, 'of no known population');
  for (const population of populations) {
    const requests = evidence.ledger.byIteration[population];
    const last = requests.length - 1;
    const missing = last + 1 - started[population];
    if (missing > 0) {
      const text = `${population}: ids run to ${last}, but ${missing} of ${last + 1} have no record of their start`;
      faults.push({ code: 'records-missing', text });
    }
  }
  return faults;
}

function openAccounts(
  evidence: Evidence,
  population: Population,
  { planned, started, dropped, ok, failed, censored }: PopulationFindings,
): Remark[] {
  const faults: string[] = [];
  if (Math.abs(planned - (started + dropped)) > 1) {
    faults.push(`planned ${planned} (±1), but ${started} started + ${dropped} dropped`);
  }
  if (started !== ok + failed + censored) {
    faults.push(`${started} started, but ${ok} ok + ${failed} failed + ${censored} censored`);
  }
  const counted = evidence.load.ended?.counts?.[population].started ?? started;
  // The script writes its line, then counts: the end of the load may come between the two, once.
  const cutOff = Math.min(1, censored);
  if (counted > started || counted < started - cutOff) {
    faults.push(`k6 counted ${counted} started, the records ${started}`);
  }
  return faults.map((text) => ({ code: 'accounts-open', text: `${population}: ${text}` }));
}

function censoredFaults(evidence: Evidence, outcomes: Outcomes): Remark[] {
  if (evidence.rolloutBeganMs === undefined) return lostEnds(evidence, outcomes);
  const lastExitMs = lastOldExitMs(evidence);
  const early = outcomes.censored.filter((request) => sentAt(request) < lastExitMs);
  if (early.length === 0) return [];
  const ids = early.map(({ id }) => id);
  const text = `${ids.length} request${plural(ids)} sent before the last old pod's exit had no end when the load stopped, which may hide a loss: ${some(ids)}`;
  return [{ code: 'censored-during-restart', text }];
}

/** Without a restart nothing holds a request up: one that has no end although there was time for it lost its record. */
function lostEnds({ header, load }: Evidence, { censored }: Outcomes): Remark[] {
  const untilMs = (load.stopping?.atMs ?? -Infinity) - header.plan.requestDelayMs - answeredWithinMs;
  const ids = censored.filter((request) => sentAt(request) < untilMs).map(({ id }) => id);
  if (ids.length === 0) return [];
  const text = `${ids.length} request${plural(ids)} sent more than ${answeredWithinMs / 1000} s before the load stopped had no end: ${some(ids)}`;
  return [{ code: 'ends-missing', text }];
}

function lastOldExitMs(evidence: Evidence): number {
  let last = -Infinity;
  for (const { revision, events } of evidence.pods.values()) {
    if (revision !== 'old') continue;
    for (const record of events) if (record.event === 'exited') last = Math.max(last, spanOf(record)[1]);
  }
  // A disposed deployment ends every pod after the load; only exits of the rollout count.
  return evidence.rolloutBeganMs === undefined ? -Infinity : last;
}

function unseenFaults({ unseen }: Outcomes): Remark[] {
  if (unseen.length === 0) return [];
  const ids = unseen.map(({ id }) => id);
  const text = `${ids.length} request${plural(ids)} ended, but the balancer saw them on no connection: ${some(ids)}`;
  return [{ code: 'unseen-by-balancer', text }];
}

function plural(items: readonly unknown[]): string {
  return items.length === 1 ? '' : 's';
}

function some(ids: readonly string[]): string {
  return ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', …' : '');
}
