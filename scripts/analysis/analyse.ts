import { roundMs } from '../support/clock.ts';
import type { ParsedTimeline } from '../timeline/read.ts';
import { accountsOf } from './accounts.ts';
import { keepsAlive } from './connections.ts';
import { durationOf } from './duration.ts';
import { gatherEvidence, type Evidence } from './evidence.ts';
import { findingsSchema, type Loss, type Termination, type TrialFindings } from './findings.ts';
import { sortOutcomes } from './losses.ts';
import { forEachPopulation } from './populations.ts';
import { propagationOf } from './propagation.ts';
import { isRollingRestart } from './rolling-restart.ts';
import { scheduleOf, summariseLags } from './schedule.ts';
import { terminationsOf } from './terminations.ts';
import { usageOf } from './usage.ts';
import { flagsOf, validityOf } from './validity.ts';

/** All that one timeline tells. Pure: the same timeline gives the same findings. */
export function analyseTrial(timeline: ParsedTimeline): TrialFindings {
  const evidence = gatherEvidence(timeline);
  const { trial, plan, cluster } = evidence.header;
  const outcomes = sortOutcomes(evidence);
  const losses = outcomes.losses.sort(bySentTime);
  const terminations = terminationsOf(evidence, losses);
  const schedules = forEachPopulation((population) =>
    scheduleOf(evidence.ledger.byIteration[population], plan.ratePerSecond[population]),
  );
  const accounts = accountsOf(evidence, outcomes, { schedules, terminations });
  const lags = summariseLags(schedules);
  const load = {
    ratePerSecond: Object.values(plan.ratePerSecond).reduce((sum, rate) => sum + rate, 0),
    scheduleLagP99Ms: lags.p99Ms === null ? null : roundMs(lags.p99Ms),
    scheduleLagMaxMs: lags.maxMs === null ? null : roundMs(lags.maxMs),
    dropped: Object.values(accounts.populations).reduce((sum, { dropped }) => sum + dropped, 0),
  };
  return {
    schema: findingsSchema,
    trial,
    invalid: [...validityOf(evidence, losses, terminations), ...accounts.invalid],
    flags: flagsOf(evidence, load, outcomes),
    populations: accounts.populations,
    replicas: plan.replicas,
    conditions: {
      ratePerSecond: plan.ratePerSecond,
      requestDelayMs: plan.requestDelayMs,
      preStopMs: plan.preStopMs,
      ...(!isRollingRestart(trial) && { terminations: terminations.length }),
      propagationDelayMs: cluster.propagationDelayMs,
    },
    keepAlive: keepAliveOf(evidence),
    terminations: terminations.map(roundTermination),
    ...(cluster.propagationDelayMs === null && { propagation: propagationOf(evidence, terminations) }),
    losses,
    load,
    time: durationOf(evidence, terminations),
    usage: usageOf(evidence.usage),
  };
}

function bySentTime(a: Loss, b: Loss): number {
  return a.sentMs - b.sentMs || (a.id < b.id ? -1 : 1);
}

function keepAliveOf({ client, connections, header }: Evidence): boolean | null {
  if (client !== null) return client.keepAlive;
  const { users } = header.plan;
  return keepsAlive(connections.values(), users['persistent-get'] + users['persistent-post']);
}

function roundTermination(termination: Termination): Termination {
  const round = (atMs: number | null): number | null => (atMs === null ? null : roundMs(atMs));
  return {
    ...termination,
    deletedMs: roundMs(termination.deletedMs),
    preStopEndedMs: round(termination.preStopEndedMs),
    sigtermMs: round(termination.sigtermMs),
    endpointRemovedMs: round(termination.endpointRemovedMs),
    listenerClosedMs: round(termination.listenerClosedMs),
    lastResponseMs: round(termination.lastResponseMs),
    exitedMs: round(termination.exitedMs),
    drainMs: round(termination.drainMs),
  };
}
