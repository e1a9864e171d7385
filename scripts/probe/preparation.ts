import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../support/clock.ts';
import type { ProbeConnectionPlan, ProbeState } from '../timeline/probe-records.ts';
import type { ProbeConnection } from './connection.ts';
import { postRequest, slowRequest, splitRequest, type Address } from './requests.ts';
import { probeTimes } from './times.ts';

/** A connection with what it is there for. */
export interface PlannedConnection {
  plan: ProbeConnectionPlan;
  connection: ProbeConnection;
  /** It got into its state before SIGTERM, so that what it does afterwards shows something. */
  ready: boolean;
}

/**
 * Brings every connection into its state, the oldest state first, and resolves at the moment SIGTERM is due.
 * What does not get there in time is left as it is; what it did is in the record. A session without long idle
 * connections waits as long as one with them: its caller counts on that.
 */
export async function prepare(
  connections: PlannedConnection[],
  address: Address,
  signal: AbortSignal,
): Promise<void> {
  const preparation = new Preparation(address);
  const inState = (...states: ProbeState[]) => connections.filter(({ plan }) => states.includes(plan.state));
  const oldIdle = inState('idle-long');
  const idle = inState('idle', 'head-reused');
  const inFlight = inState('in-flight');

  await withinLimit(oldIdle.map((planned) => preparation.answerOnce(planned)));
  await sleep(probeTimes.idleLongBeforeMs - probeTimes.idleBeforeMs, undefined, { signal });
  await withinLimit(idle.map((planned) => preparation.answerOnce(planned)));
  const terminateAtMs = monotonicMs() + probeTimes.idleBeforeMs;

  await sleepUntil(terminateAtMs - probeTimes.halfBeforeMs, signal);
  for (const { connection } of inFlight) connection.dial();
  for (const planned of inState('head', 'head-reused', 'body')) void preparation.sendFirstHalf(planned);
  // Last of all: a server that serves one connection at a time may wait for this one.
  for (const planned of inState('unused')) void preparation.connect(planned);

  await sleepUntil(terminateAtMs - probeTimes.inFlightBeforeMs, signal);
  for (const planned of inFlight) void preparation.sendInFlight(planned);
  await sleepUntil(terminateAtMs, signal);
  preparation.over = true;
}

/**
 * Makes every connection an idle one, some at a time, so that a server with few threads can cope. Gives up
 * when the limit is over: the rest is not even begun.
 */
export async function prepareIdle(
  connections: PlannedConnection[],
  address: Address,
  limit: { groupSize: number; limitMs: number },
): Promise<void> {
  const preparation = new Preparation(address);
  const deadlineMs = monotonicMs() + limit.limitMs;
  for (let from = 0; from < connections.length && monotonicMs() < deadlineMs; from += limit.groupSize) {
    const group = connections.slice(from, from + limit.groupSize);
    await withinLimit(group.map((planned) => preparation.answerOnce(planned)));
  }
  preparation.over = true;
}

/** The ways into each state. What is not there when it is over goes no further. */
class Preparation {
  over = false;
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
  }

  /** One request answered, so that the connection is idle. */
  async answerOnce(planned: PlannedConnection): Promise<void> {
    const { connection } = planned;
    if (!(await this.#dialled(connection))) return;
    connection.send('request', postRequest(this.#address));
    await connection.answered();
    planned.ready = connection.reusable && !this.over;
  }

  async connect(planned: PlannedConnection): Promise<void> {
    planned.ready = await this.#dialled(planned.connection);
  }

  /** Half of a request, on a connection that is new or has been answered. */
  async sendFirstHalf(planned: PlannedConnection): Promise<void> {
    const { plan, connection } = planned;
    const open = plan.state === 'head-reused' ? planned.ready : await this.#dialled(connection);
    if (!open) return;
    connection.send('first half', splitRequest(this.#address, plan.state === 'body' ? 'body' : 'head').first);
    planned.ready = true;
  }

  /** A slow request on a connection that is being made, and the next one right after its answer, as clients do. */
  async sendInFlight(planned: PlannedConnection): Promise<void> {
    const { connection } = planned;
    await connection.connected();
    if (this.over) return;
    connection.send('request', slowRequest(this.#address));
    planned.ready = true;
    await connection.answered();
    if (connection.reusable) connection.send('next request', postRequest(this.#address));
  }

  async #dialled(connection: ProbeConnection): Promise<boolean> {
    connection.dial();
    await connection.connected();
    return !connection.ended && !this.over;
  }
}

/** Resolves when all have, at the latest when the limit is over. */
async function withinLimit(work: Promise<void>[]): Promise<void> {
  await Promise.race([Promise.all(work), sleep(probeTimes.prepareLimitMs, undefined, { ref: false })]);
}

async function sleepUntil(monotonicTimeMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, monotonicTimeMs - monotonicMs()), undefined, { signal });
}
