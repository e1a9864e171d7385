import type { ParsedTimeline } from '../timeline/read.ts';
import { populations, type Population } from '../timeline/records.ts';
import type { TrialClock } from './clock.ts';
import { forEachPopulation } from './populations.ts';

/** One request with all that is known of it. Times are trial time; NaN where nothing was seen. */
export interface Request {
  id: string;
  population: Population;
  /** Counted from 0 in its population. */
  iteration: number;
  /** Virtual user that sent it: of a persistent population each owns one connection. */
  user: number;
  /** As k6 saw it, on whole milliseconds of the wall clock. */
  startMs: number;
  endMs: number;
  /** Row of its end in the timeline; -1 when it did not end. */
  end: number;
  /** The last connection on which the balancer saw it; undefined when it never did. */
  connection: number | undefined;
  /** When its head went to the pod, or the pod refused, on that connection. */
  sentMs: number;
  /** Errno with which the pod refused that connection; '' when it did not. */
  refusal: string;
  /** Connections before the last one: each is a hidden resend. */
  earlierConnections: number[] | undefined;
}

/** The requests of a trial, and what is wrong with their records. */
export interface RequestLedger {
  /** Of each population by iteration; a hole where no start was recorded. */
  byIteration: Record<Population, (Request | undefined)[]>;
  /** In the order in which they started. */
  all: Request[];
  /** Ids with an end and no start, with two starts or two ends, or of no known form. */
  endsWithoutStart: string[];
  doubled: string[];
  strange: string[];
}

/** Pairs the starts and ends of requests. */
export function collectRequests(
  { starts, ends }: ParsedTimeline,
  clock: Pick<TrialClock, 'toTrialMs'>,
): RequestLedger {
  const ledger: RequestLedger = {
    byIteration: forEachPopulation(() => []),
    all: [],
    endsWithoutStart: [],
    doubled: [],
    strange: [],
  };
  for (let row = 0; row < starts.ids.length; row++) {
    const startMs = clock.toTrialMs(starts.epochMs[row] ?? NaN);
    addRequest(ledger, starts.ids[row] ?? '', { startMs, user: starts.users[row] ?? NaN });
  }
  for (let row = 0; row < ends.ids.length; row++) {
    const id = ends.ids[row] ?? '';
    const request = findRequest(ledger, id);
    if (request === undefined) ledger.endsWithoutStart.push(id);
    else if (request.end !== -1) ledger.doubled.push(id);
    else {
      request.end = row;
      request.endMs = clock.toTrialMs(ends.epochMs[row] ?? NaN);
    }
  }
  return ledger;
}

/** The request with this id, or undefined. */
export function findRequest(ledger: RequestLedger, id: string): Request | undefined {
  const population = populationOf(id);
  return population === undefined ? undefined : ledger.byIteration[population][iterationOf(id, population)];
}

function addRequest(
  ledger: RequestLedger,
  id: string,
  { startMs, user }: Pick<Request, 'startMs' | 'user'>,
): void {
  const population = populationOf(id);
  const iteration = population === undefined ? -1 : iterationOf(id, population);
  if (population === undefined || iteration === -1) {
    ledger.strange.push(id);
    return;
  }
  const requests = ledger.byIteration[population];
  if (requests[iteration] !== undefined) {
    ledger.doubled.push(id);
    return;
  }
  const request: Request = {
    id,
    population,
    iteration,
    user,
    startMs,
    endMs: NaN,
    end: -1,
    connection: undefined,
    sentMs: NaN,
    refusal: '',
    earlierConnections: undefined,
  };
  requests[iteration] = request;
  ledger.all.push(request);
}

function populationOf(id: string): Population | undefined {
  for (const population of populations) {
    if (id.startsWith(population) && id.charCodeAt(population.length) === dash) return population;
  }
  return undefined;
}

const dash = 0x2d;
const zero = 0x30;
/** Far beyond what one trial can send; it keeps a damaged id from making a huge array. */
const iterationLimit = 50_000_000;

/** The number after the population's name, or -1. */
function iterationOf(id: string, population: Population): number {
  let iteration = 0;
  const from = population.length + 1;
  if (id.length === from) return -1;
  for (let index = from; index < id.length; index++) {
    const digit = id.charCodeAt(index) - zero;
    if (digit < 0 || digit > 9) return -1;
    iteration = iteration * 10 + digit;
  }
  return iteration < iterationLimit ? iteration : -1;
}
