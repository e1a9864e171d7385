import type { ProbeConnectionPlan, ProbeRecord } from '../../timeline/probe-records.ts';
import type { Address } from '../requests.ts';

/** From the lab to the process of a sweep. */
export type SweepCommand =
  | {
      command: 'prepare';
      address: Address;
      /** Gets SIGTERM. */
      pid: number;
      /** Monotonic milliseconds that are 0 in session time. */
      originMs: number;
      connections: ProbeConnectionPlan[];
    }
  | { command: 'begin' }
  | { command: 'end' };

/** From the process of a sweep to the lab. */
export type SweepMessage =
  | { message: 'prepared' }
  /** SIGTERM and all requests have been sent. */
  | { message: 'sent' }
  /** Every request has been answered or lost, and a while has passed. */
  | { message: 'settled' }
  | { message: 'records'; records: ProbeRecord[] }
  /** All records have been sent. */
  | { message: 'over' };
