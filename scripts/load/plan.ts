import { populations, type Population } from '../timeline/records.ts';
import type { LoadPlan } from './load.ts';

/** Each user sends about this often while answers are quick. */
const turnSeconds = 0.5;
/** What a request takes beyond the delay asked for, at most, without new users being needed. */
const slackSeconds = 0.3;
/** Long enough to tell a swallowed request from a slow one, short enough that a trial can wait for it. */
const leastTimeoutMs = 5_000;

/**
 * Splits a total rate evenly over the four populations. Users are as many as make each send about every half
 * second (25 at 50/s), and more where requests are so slow that this would not do: rate × time, Little's law.
 */
export function planLoad(totalRatePerSecond: number, requestDelaySeconds: number): LoadPlan {
  const rate = totalRatePerSecond / populations.length;
  const users = Math.max(1, Math.ceil(rate * Math.max(turnSeconds, requestDelaySeconds + slackSeconds)));
  return {
    ratePerSecond: forEachPopulation(rate),
    users: forEachPopulation(users),
    requestTimeoutMs: Math.max(leastTimeoutMs, Math.ceil(requestDelaySeconds * 1000) + leastTimeoutMs / 2),
  };
}

/** Users that k6 may add while requests hang until they time out, so that none has to be dropped. */
export function maximumUsers(plan: LoadPlan, population: Population): number {
  const hanging = Math.ceil((plan.ratePerSecond[population] * plan.requestTimeoutMs) / 1000);
  return plan.users[population] + hanging;
}

function forEachPopulation(value: number): Record<Population, number> {
  return { 'fresh-get': value, 'fresh-post': value, 'persistent-get': value, 'persistent-post': value };
}
