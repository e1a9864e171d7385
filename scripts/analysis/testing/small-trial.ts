import { parseTimeline } from '../../timeline/read.ts';
import type {
  EndpointRecord,
  HeaderRecord,
  PodRecord,
  RequestEndRecord,
  TimelineRecord,
} from '../../timeline/records.ts';
import { analyseTrial } from '../analyse.ts';
import type { TrialFindings } from '../findings.ts';
import { forEachPopulation } from '../populations.ts';
import { epochAtZeroMs, textOf } from './synthetic.ts';

/** One request as k6 on Kubernetes writes it; times are trial time. */
export interface SmallRequest {
  /** `persistent-post-0` */
  id: string;
  user?: number;
  atMs: number;
  /** Takes this long by k6's lines; the default is 3 ms. */
  forMs?: number;
  /** Pod that answered; '' without an answer, or when it gives no name. */
  pod?: string;
  /** 0 without an answer. */
  status?: number;
  error?: [code: number, text: string];
  /** blocked, connecting, sending, waiting, receiving; the default is a connection that was open. */
  timings?: readonly [number, number, number, number, number];
}

export const openConnection = [0.01, 0, 0.05, 1, 0.1] as const;
export const newConnection = [0.2, 0.1, 0.05, 1, 0.1] as const;
const noConnection = [0, 0, 0, 0, 0] as const;
export const refusedDial: Pick<SmallRequest, 'status' | 'error' | 'timings'> = {
  status: 0,
  error: [1212, 'dial: connection refused'],
  timings: noConnection,
};
export const eof: Pick<SmallRequest, 'status' | 'error'> = { status: 0, error: [1000, 'EOF'] };

/** A trial on Kubernetes of which only these pods and requests are known. */
export interface SmallTrial {
  pods: readonly (PodRecord | EndpointRecord)[];
  requests: readonly SmallRequest[];
  replicas?: number;
  /** Of k6's pod against the lab, at both ends of the load; null for no reading. */
  clocks?: readonly { atMs: number; offsetMs: number; uncertaintyMs: number }[];
  beganMs?: number;
  /** Of each population. */
  ratePerSecond?: number;
}

/** What analysis makes of it. Its accounts do not close, as there is hardly a request. */
export function analyseSmall(trial: SmallTrial): TrialFindings {
  return analyseTrial(parseTimeline(textOf(recordsOf(trial))));
}

function* recordsOf({ pods, requests, ...rest }: SmallTrial): Generator<TimelineRecord> {
  const { replicas = 2, beganMs = 1000, ratePerSecond = 50 } = rest;
  const exact = { offsetMs: 0, uncertaintyMs: 0 };
  const { clocks = [0, 20_000].map((atMs) => ({ atMs, ...exact })) } = rest;
  yield header(replicas, ratePerSecond);
  for (const atMs of [0, 20_000]) yield { type: 'clock', atMs, epochMs: epochAtZeroMs + atMs };
  for (const clock of clocks) yield { type: 'podClock', ...clock };
  yield { type: 'load', atMs: 1, event: 'firstRequest' };
  yield { type: 'rollout', atMs: beganMs, event: 'began' };
  yield* pods;
  for (const request of requests) {
    yield ['start', request.id, request.user ?? 1, epochAtZeroMs + Math.floor(request.atMs)];
    yield endOf(request);
  }
  yield { type: 'rollout', atMs: 15_000, event: 'complete' };
  yield { type: 'load', atMs: 19_000, event: 'stopping' };
}

function endOf({
  id,
  atMs,
  forMs = 3,
  status = 200,
  pod = '',
  error,
  timings,
}: SmallRequest): RequestEndRecord {
  const endMs = epochAtZeroMs + Math.floor(atMs + forMs);
  const [code, text] = error ?? [0, ''];
  const times = timings ?? openConnection;
  return ['end', id, endMs, status, code, text, pod, ...times, status === 200 ? 1 : 0];
}

function header(replicas: number, ratePerSecond: number): HeaderRecord {
  return {
    type: 'header',
    schema: 1,
    trial: { id: 'toy/bare/naive/1', kind: 'restart', variant: 'toy/bare', scenario: 'naive', repetition: 1 },
    cluster: { name: 'kind', pid1: true, propagationDelayMs: null },
    plan: {
      replicas,
      maxSurge: 1,
      maxUnavailable: 0,
      graceMs: 15_000,
      preStopMs: 0,
      probeQuantumMs: 1000,
      requestDelayMs: 0,
      warmUpMs: 1000,
      tailMs: 1000,
      ratePerSecond: forEachPopulation(() => ratePerSecond),
      users: forEachPopulation(() => 2),
      requestTimeoutMs: 5000,
    },
  };
}
