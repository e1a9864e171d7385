import { timeouts } from '../support/timeouts.ts';

/** What a deployment waits for, and the error when it does not happen: only without a deployment is there no trial. */
export const waits = {
  deploy: { code: 'deploy-failed', what: 'become ready', limitMs: timeouts.deployMs },
  alone: { code: 'deploy-failed', what: 'see the pods of the trial before go', limitMs: timeouts.podsGoneMs },
  restart: { code: 'restart-failed', what: 'make progress', limitMs: timeouts.progressMs },
} as const;
