import { populations, type Population } from '../timeline/records.ts';
import type { LoadPlan } from './load.ts';

/** Each user sends about this often while answers are quick. */
const turnSeconds = 0.5;
/** What a request takes beyond the delay asked for, at most, without new users being needed. */
const usualSlackSeconds = 0.3;
/** The same for a server that was found to be slow: its requests queue, even at a rate that it can carry. */
export const slowServerSlackSeconds = 1;
/** Long enough to tell a swallowed request from a slow one, short enough that a trial can wait for it. */
const leastTimeoutMs = 5_000;
/** Longer than the queue of any pre-test: an answer that nobody waits for any more would be work lost. */
const pretestTimeoutMs = 60_000;

/** What requests may meet besides their delay. */
export interface LoadConditions {
  /** What a request takes beyond the delay asked for, at most, without new users being needed. */
  slackSeconds?: number;
  /**
   * New connections may get no answer at all, as those to a pod that has gone, and keep their user until the timeout:
   * there are as many more users for them from the start, because k6 drops a request for each that it adds.
   */
  connectMayHang?: boolean;
}

/**
 * Splits a total rate evenly over the four populations. Users are as many as make each send about every half
 * second (25 at 50/s), and more where requests are so slow that this would not do: rate × time, Little's law.
 * k6 may add users while requests hang until they time out.
 */
export function planLoad(
  totalRatePerSecond: number,
  requestDelaySeconds: number,
  { slackSeconds = usualSlackSeconds, connectMayHang = false }: LoadConditions = {},
): LoadPlan {
  const rate = totalRatePerSecond / populations.length;
  const users = Math.max(1, Math.ceil(rate * Math.max(turnSeconds, requestDelaySeconds + slackSeconds)));
  const requestTimeoutMs = Math.max(
    leastTimeoutMs,
    Math.ceil(requestDelaySeconds * 1000) + leastTimeoutMs / 2,
  );
  const waiting = Math.ceil((rate * requestTimeoutMs) / 1000);
  const hangs = (population: Population) => connectMayHang && !isPersistent(population);
  return {
    ratePerSecond: forEachPopulation(() => rate),
    users: forEachPopulation((population) => users + (hangs(population) ? waiting : 0)),
    maximumUsers: forEachPopulation((population) => users + (hangs(population) ? 2 : 1) * waiting),
    requestTimeoutMs,
  };
}

/**
 * The load of a pre-test: the users that a slow server gets, none added, and patience. A server that is asked for more than it
 * can do then works on a queue of bounded length, and every answer counts. With a short timeout and a queue
 * that grows it would soon answer only requests that were given up.
 */
export function planPretest(totalRatePerSecond: number, requestDelaySeconds: number): LoadPlan {
  const plan = planLoad(totalRatePerSecond, requestDelaySeconds, { slackSeconds: slowServerSlackSeconds });
  return { ...plan, maximumUsers: plan.users, requestTimeoutMs: pretestTimeoutMs };
}

/** Requests/s of all populations together. */
export function totalRatePerSecond({ ratePerSecond }: LoadPlan): number {
  return populations.reduce((sum, population) => sum + ratePerSecond[population], 0);
}

/** Virtual users of all populations together, without those that k6 may add. */
export function totalUsers({ users }: LoadPlan): number {
  return populations.reduce((sum, population) => sum + users[population], 0);
}

/** Virtual users that keep a connection, without those that k6 may add. */
export function persistentUsers({ users }: LoadPlan): number {
  return populations.filter(isPersistent).reduce((sum, population) => sum + users[population], 0);
}

/** In how many milliseconds every user that keeps a connection has a turn, as long as answers are quick. */
export function turnMs({ users, ratePerSecond }: LoadPlan): number {
  const turnsMs = populations
    .filter(isPersistent)
    .map((population) => (users[population] / ratePerSecond[population]) * 1000);
  return Math.max(...turnsMs);
}

/** Tells populations by their name or the id of one of their requests. */
export function isPersistent(name: string): boolean {
  return name.startsWith('persistent');
}

function forEachPopulation(value: (population: Population) => number): Record<Population, number> {
  return {
    'fresh-get': value('fresh-get'),
    'fresh-post': value('fresh-post'),
    'persistent-get': value('persistent-get'),
    'persistent-post': value('persistent-post'),
  };
}
