import {
  populations,
  timelineSchema,
  type HeaderRecord,
  type PodRecord,
  type Population,
  type TimelineRecord,
} from '../../timeline/records.ts';
import { forEachPopulation } from '../populations.ts';

/** How a made-up request fails. */
export interface SyntheticFailure {
  status?: number;
  errorCode: number;
  errorText: string;
  /** Defaults to an RST by the pod 1 ms after the request was sent. */
  how?: 'FIN' | 'RST';
  /** The pod refuses the dial. */
  refused?: boolean;
  /** k6 sends it twice: it is lost on a connection of its own, then answered on another. */
  resent?: boolean;
}

/** What is known of a request when it is decided whether it fails. */
export interface SyntheticRequest {
  id: string;
  population: Population;
  iteration: number;
  atMs: number;
  /** The pod that an old termination takes at this moment, if it lies within 500 ms of its deletion. */
  terminating: string | undefined;
}

/** Everything has a default: a clean rolling restart of three pods under 200 requests/s. */
export interface SyntheticOptions {
  kind?: 'restart' | 'sham';
  variant?: string;
  scenario?: string;
  repetition?: number;
  replicas?: number;
  /** Of each population. */
  ratePerSecond?: number;
  requestDelayMs?: number;
  /** The load goes on at least this long. */
  durationMs?: number;
  /** How the old pods end; the default is exit code 0 after 100 ms. */
  exit?: { exitCode: number | null; signal?: string; killed?: boolean };
  /** Every connection carries one request, as with a server without keep-alive. */
  keepAlive?: boolean;
  fail?: (request: SyntheticRequest) => SyntheticFailure | undefined;
}

/** Wall clock at trial time 0. */
export const epochAtZeroMs = 1_700_000_000_000;
const warmUpMs = 1000;
const tailMs = 500;
const drainMs = 100;
const stepMs = 600;
const propagationDelayMs = 500;

type Settings = Required<Omit<SyntheticOptions, 'fail'>> & Pick<SyntheticOptions, 'fail'>;

/** The records of a made-up trial, in about the order in which a lab would write them. */
export function* syntheticRecords(options: SyntheticOptions = {}): Generator<TimelineRecord> {
  const settings: Settings = {
    kind: 'restart',
    variant: 'toy/bare',
    scenario: 'naive',
    repetition: 1,
    replicas: 3,
    ratePerSecond: 50,
    requestDelayMs: 0,
    durationMs: 0,
    exit: { exitCode: 0 },
    keepAlive: true,
    ...options,
  };
  const restartMs = settings.kind === 'sham' ? 0 : settings.replicas * stepMs + drainMs;
  const stopMs = Math.max(warmUpMs + restartMs + tailMs, settings.durationMs);
  yield header(settings);
  yield { type: 'clock', atMs: 0, epochMs: epochAtZeroMs };
  yield { type: 'load', atMs: 0, event: 'starting' };
  yield { type: 'load', atMs: 0.5, event: 'firstRequest' };
  yield* pods(settings);
  const counts = forEachPopulation(() => ({ started: 0, dropped: 0 }));
  for (const record of requests(settings, stopMs)) {
    if (record[0] === 'start') counts[populationOf(record[1])].started++;
    yield record;
  }
  yield { type: 'load', atMs: stopMs, event: 'stopping' };
  yield { type: 'load', atMs: stopMs + 20, event: 'ended', exitCode: 105, counts };
  yield {
    type: 'usage',
    atMs: stopMs + 20,
    process: 'lab',
    cpuMs: stopMs / 10,
    wallMs: stopMs,
    residentBytes: 1e8,
  };
  yield { type: 'clock', atMs: stopMs + 30, epochMs: epochAtZeroMs + stopMs + 30 };
}

function populationOf(id: string): Population {
  return id.slice(0, id.lastIndexOf('-')) as Population;
}

/** The lines of a timeline file. */
export function textOf(records: Iterable<TimelineRecord>): string {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  return text;
}

function header(settings: Settings): HeaderRecord {
  const { kind, variant, scenario, repetition } = settings;
  const id = kind === 'sham' ? `${variant}/sham/${repetition}` : `${variant}/${scenario}/${repetition}`;
  return {
    type: 'header',
    schema: timelineSchema,
    trial: { id, kind, variant, scenario, repetition },
    cluster: { name: 'embedded', pid1: true, propagationDelayMs },
    plan: {
      replicas: settings.replicas,
      maxSurge: 1,
      maxUnavailable: 0,
      graceMs: 15_000,
      preStopMs: 0,
      probeQuantumMs: 500,
      requestDelayMs: settings.requestDelayMs,
      warmUpMs,
      tailMs,
      ratePerSecond: forEachPopulation(() => settings.ratePerSecond),
      users: forEachPopulation(() => 10),
      requestTimeoutMs: 5000,
    },
  };
}

/** Deletion of the n-th old pod. */
function deletedMs(index: number): number {
  return warmUpMs + (index + 1) * stepMs;
}

function* pods(settings: Settings): Generator<TimelineRecord> {
  const pod = (name: string, event: PodRecord['event'], atMs: number): PodRecord => ({
    type: 'pod',
    atMs,
    pod: name,
    event,
    revision: name.startsWith('old') ? 'old' : 'new',
  });
  for (let index = 0; index < settings.replicas; index++) {
    yield pod(`old-${index}`, 'created', -3000);
    yield pod(`old-${index}`, 'ready', -1000);
    yield { type: 'endpoint', atMs: -1000, pod: `old-${index}`, event: 'added' };
  }
  if (settings.kind === 'sham') return;
  yield { type: 'rollout', atMs: warmUpMs, event: 'began' };
  for (let index = 0; index < settings.replicas; index++) {
    const createdMs = deletedMs(index) - stepMs;
    yield pod(`new-${index}`, 'created', createdMs);
    yield pod(`new-${index}`, 'started', createdMs + 5);
    yield pod(`new-${index}`, 'listening', createdMs + 50);
    yield pod(`new-${index}`, 'ready', createdMs + stepMs);
    yield { type: 'endpoint', atMs: createdMs + stepMs, pod: `new-${index}`, event: 'added' };
    yield* end(settings, { name: `old-${index}`, atMs: deletedMs(index), pod });
  }
  yield { type: 'rollout', atMs: deletedMs(settings.replicas - 1) + drainMs + 10, event: 'complete' };
}

function* end(
  { exit }: Settings,
  old: {
    name: string;
    atMs: number;
    pod: (name: string, event: PodRecord['event'], atMs: number) => PodRecord;
  },
): Generator<TimelineRecord> {
  const { name, atMs, pod } = old;
  yield pod(name, 'deleted', atMs);
  yield pod(name, 'sigterm', atMs + 1);
  yield pod(name, 'listenerClosed', atMs + 20);
  if (exit.killed) {
    yield { ...pod(name, 'sigkill', atMs + drainMs), detail: 'grace period of 15 s over' };
  }
  const { exitCode, signal = null } = exit;
  yield { ...pod(name, 'exited', atMs + 1 + drainMs), exitCode, signal };
  yield { type: 'endpoint', atMs: atMs + propagationDelayMs, pod: name, event: 'removed' };
}

type HotRecord = Extract<TimelineRecord, readonly unknown[]>;

function* requests(settings: Settings, stopMs: number): Generator<HotRecord> {
  const intervalMs = 1000 / settings.ratePerSecond;
  const lastTick = Math.floor((stopMs - 100 - settings.requestDelayMs) / intervalMs);
  let connection = populations.length * 10;
  for (let iteration = 0; iteration <= lastTick; iteration++) {
    for (const [index, population] of populations.entries()) {
      const id = `${population}-${iteration}`;
      const atMs = 1 + index * 5 + iteration * intervalMs;
      const terminating = terminatingAt(settings, atMs);
      const failure = settings.fail?.({ id, population, iteration, atMs, terminating });
      const kept = population.startsWith('persistent') && settings.keepAlive;
      const own = kept && failure === undefined ? 1 + index * 10 + (iteration % 10) : ++connection;
      const pod =
        (failure === undefined ? undefined : terminating) ??
        (settings.kind === 'sham' ? 'old-0' : podAt(settings, atMs));
      const travel = { id, atMs, connection: own, pod, delayMs: settings.requestDelayMs };
      yield ['start', id, iteration % 10, epochAtZeroMs + Math.floor(atMs)];
      if (failure === undefined) yield* answered(travel, kept ? iteration < 10 : true, !kept);
      else if (failure.resent) yield* resent(travel, ++connection);
      else yield* failed(travel, failure);
    }
  }
}

function terminatingAt({ replicas, kind }: Settings, atMs: number): string | undefined {
  if (kind === 'sham') return undefined;
  const index = Math.floor((atMs - warmUpMs) / stepMs) - 1;
  const within = index >= 0 && index < replicas && atMs - deletedMs(index) < 500;
  return within ? `old-${index}` : undefined;
}

/** A pod that serves at that moment: the newest that is ready, else the oldest. */
function podAt({ replicas }: Settings, atMs: number): string {
  const index = Math.floor((atMs - warmUpMs) / stepMs) - 1;
  return index < 0 ? 'old-0' : `new-${Math.min(index, replicas - 1)}`;
}

interface Travel {
  id: string;
  atMs: number;
  connection: number;
  pod: string;
  delayMs: number;
}

function* answered(travel: Travel, opens: boolean, closes: boolean): Generator<HotRecord> {
  const { id, atMs, connection, pod, delayMs } = travel;
  const doneMs = atMs + 4 + delayMs;
  if (opens) {
    yield ['accepted', atMs + 0.2, connection, pod];
    yield ['dialled', atMs + 0.4, connection];
  }
  yield ['sent', atMs + 0.5, connection, id];
  yield ['end', id, epochAtZeroMs + Math.floor(doneMs), 200, 0, '', pod, 0.1, 0.1, 0.1, 3, 0.1, 1];
  if (!closes) return;
  yield ['ended', doneMs, connection, 'pod', 'FIN'];
  yield ['ended', doneMs + 0.1, connection, 'client', 'FIN'];
  yield ['closed', doneMs + 0.2, connection, 150, 120];
}

function* failed(travel: Travel, failure: SyntheticFailure): Generator<HotRecord> {
  const { id, atMs, connection, pod } = travel;
  const { status = 0, errorCode, errorText, how = 'RST' } = failure;
  yield ['accepted', atMs + 0.2, connection, pod];
  if (failure.refused) {
    yield ['refused', atMs + 0.5, connection, pod, 'ECONNREFUSED', id];
  } else {
    yield ['dialled', atMs + 0.4, connection];
    yield ['sent', atMs + 0.5, connection, id];
    yield ['ended', atMs + 1.5, connection, 'pod', how];
  }
  const endMs = epochAtZeroMs + Math.floor(atMs + 2);
  yield ['end', id, endMs, status, errorCode, errorText, status === 0 ? '' : pod, 0, 0, 0, 0, 0, 0];
  yield ['closed', atMs + 2, connection, 150, 0];
}

function* resent(travel: Travel, second: number): Generator<HotRecord> {
  const { id, atMs, connection, pod } = travel;
  yield ['accepted', atMs + 0.2, connection, pod];
  yield ['sent', atMs + 0.5, connection, id];
  yield ['ended', atMs + 1.5, connection, 'pod', 'RST'];
  yield* answered({ ...travel, atMs: atMs + 2, connection: second, pod: 'new-0' }, true, true);
}
