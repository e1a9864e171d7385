import type { ParsedTimeline } from '../timeline/read.ts';
import {
  type EndpointRecord,
  type HeaderRecord,
  type LoadRecord,
  type PodRecord,
  type ProblemRecord,
  type UsageRecord,
} from '../timeline/records.ts';
import { clientConnections, type ClientView } from './client-view.ts';
import { podClock, trialClock, type TrialClock } from './clock.ts';
import { resetByPods, joinConnections, type Connection } from './connections.ts';
import { podHistories, type PodHistory } from './pods.ts';
import { collectRequests, type RequestLedger } from './requests.ts';

/** A timeline with its records joined: what every part of the analysis looks at. */
export interface Evidence {
  header: HeaderRecord;
  timeline: ParsedTimeline;
  clock: TrialClock;
  ledger: RequestLedger;
  connections: Map<number, Connection>;
  /** Those that a pod reset, by time. */
  resetByPod: Connection[];
  pods: Map<string, PodHistory>;
  load: Partial<Record<LoadRecord['event'], LoadRecord>>;
  rolloutBeganMs: number | undefined;
  rolloutCompleteMs: number | undefined;
  problems: ProblemRecord[];
  usage: UsageRecord[];
  /**
   * What is known of connections from k6's side alone; null where a balancer of the lab's own watched them, on the
   * embedded cluster: its records tell exactly which request travelled where, and k6 runs on the lab's clock.
   */
  client: ClientView | null;
}

/** Joins the records of a timeline. */
export function gatherEvidence(timeline: ParsedTimeline): Evidence {
  const { header } = timeline;
  const ofType = <Type extends ParsedTimeline['events'][number]['type']>(type: Type) =>
    timeline.events.filter((event) => event.type === type) as Extract<
      ParsedTimeline['events'][number],
      { type: Type }
    >[];
  const clock = trialClock(ofType('clock'), timeline.starts.epochMs[0] ?? 0);
  const isWatched = header.cluster.name === 'embedded';
  const clientClock = isWatched ? null : podClock(clock, ofType('podClock'));
  const ledger = collectRequests(timeline, clientClock ?? clock);
  const { users } = header.plan;
  const connections = joinConnections(timeline.connections, ledger);
  const rollout = ofType('rollout');
  const load: Evidence['load'] = {};
  for (const record of ofType('load')) load[record.event] ??= record;
  return {
    header,
    timeline,
    clock,
    ledger,
    connections,
    resetByPod: resetByPods(connections.values()),
    pods: podHistories(ofType('pod') satisfies PodRecord[], ofType('endpoint') satisfies EndpointRecord[]),
    load,
    rolloutBeganMs: rollout.find(({ event }) => event === 'began')?.atMs,
    rolloutCompleteMs: rollout.find(({ event }) => event === 'complete')?.atMs,
    problems: ofType('problem'),
    usage: ofType('usage'),
    client: clientClock && {
      clock: { ...clientClock, requestTimeoutMs: header.plan.requestTimeoutMs },
      ...clientConnections(ledger.all, timeline.ends, users['persistent-get'] + users['persistent-post']),
    },
  };
}
