import type { LoadPlan, LoadPressure } from './load.ts';
import { totalRatePerSecond, totalUsers } from './plan.ts';

/** What a server may take for a request beyond the delay asked for and still carry the load. */
const slackSeconds = 0.25;

/**
 * Why the server does not carry this load, with figures; undefined when it does. By Little's law, rate ×
 * time are open at any moment; and k6 adds a user only when it has dropped a request for want of one.
 */
export function overloadOf(
  { openRequests, activeUsers }: LoadPressure,
  plan: LoadPlan,
  requestDelaySeconds: number,
): string | undefined {
  const rate = totalRatePerSecond(plan);
  const limit = Math.ceil(rate * (requestDelaySeconds + slackSeconds));
  const addedUsers = activeUsers - totalUsers(plan);
  const reasons = [
    ...(openRequests > limit ? [`${openRequests} requests were open (limit ${limit})`] : []),
    ...(addedUsers > 0 ? [`k6 had dropped some and added ${addedUsers} users`] : []),
  ];
  if (reasons.length === 0) return undefined;
  return `the server did not carry ${rate} requests/s without a restart: when the warm-up was over, ${reasons.join(', and ')}`;
}

/** Rates that a slow server may get, requests/s of all populations: few, so that rows can be compared. */
export const rateLadder = [100, 50, 20, 10, 5, 2, 1] as const;

/** From this share on the rate was carried, and what was seen in the warm-up was a disturbance. */
const carriedShare = 0.95;

/**
 * The rate for a server that carried so much in a pre-test. The rate asked for if that was carried; else
 * the highest step of the ladder below it that is at most half of what was carried, so that requests hardly
 * queue; undefined when even the lowest step is more than that.
 */
export function chooseRate(askedPerSecond: number, carried: number): number | undefined {
  if (carried >= carriedShare * askedPerSecond) return askedPerSecond;
  return rateLadder.find((step) => step < askedPerSecond && step <= carried / 2);
}
