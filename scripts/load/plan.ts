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

/**
 * Splits a total rate evenly over the four populations. Users are as many as make each send about every half
 * second (25 at 50/s), and more where requests are so slow that this would not do: rate × time, Little's law.
 * k6 may add users while requests hang until they time out.
 */
export function planLoad(
  totalRatePerSecond: number,
  requestDelaySeconds: number,
  slackSeconds = usualSlackSeconds,
): LoadPlan {
  const rate = totalRatePerSecond / populations.length;
  const users = Math.max(1, Math.ceil(rate * Math.max(turnSeconds, requestDelaySeconds + slackSeconds)));
  const requestTimeoutMs = Math.max(
    leastTimeoutMs,
    Math.ceil(requestDelaySeconds * 1000) + leastTimeoutMs / 2,
  );
  return {
    ratePerSecond: forEachPopulation(rate),
    users: forEachPopulation(users),
    maximumUsers: forEachPopulation(users + Math.ceil((rate * requestTimeoutMs) / 1000)),
    requestTimeoutMs,
  };
}

/**
 * The load of a pre-test: the users that a slow server gets, none added, and patience. A server that is asked for more than it
 * can do then works on a queue of bounded length, and every answer counts. With a short timeout and a queue
 * that grows it would soon answer only requests that were given up.
 */
export function planPretest(totalRatePerSecond: number, requestDelaySeconds: number): LoadPlan {
  const plan = planLoad(totalRatePerSecond, requestDelaySeconds, slowServerSlackSeconds);
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

/** In how many milliseconds every user has a turn, as long as answers are quick. */
export function turnMs({ users, ratePerSecond }: LoadPlan): number {
  return Math.max(...populations.map((population) => (users[population] / ratePerSecond[population]) * 1000));
}

function forEachPopulation(value: number): Record<Population, number> {
  return { 'fresh-get': value, 'fresh-post': value, 'persistent-get': value, 'persistent-post': value };
}
