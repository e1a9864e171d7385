import type { ConnectionRecord, EndpointRecord } from '../../../timeline/records.ts';

/** Where a pod listens. */
export interface Address {
  host: string;
  port: number;
}

/** The lab to the balancer. */
export type BalancerCommand =
  | {
      command: 'listen';
      address: Address;
      originMs: number;
      refusedHeadMs: number;
      flushBeforeResetMs: number;
    }
  | { command: 'add'; pod: string; address: Address }
  | { command: 'remove'; pod: string }
  /** Send what is still unsent, then end. */
  | { command: 'end' };

/** The balancer to the lab. */
export type BalancerMessage =
  | { message: 'listening' }
  | { message: 'failed'; reason: string }
  | { message: 'records'; records: (ConnectionRecord | EndpointRecord)[] };
