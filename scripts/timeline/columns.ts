import type {
  ConnectionEndedRecord,
  ConnectionRecord,
  RequestEndRecord,
  RequestStartRecord,
} from './records.ts';

/**
 * Requests and connections are kept by column, one array for each field: a million small arrays would cost
 * more time in the garbage collector than reading them costs.
 */
export interface RequestStarts {
  ids: string[];
  epochMs: number[];
}

/** Of request ends, what analysis looks at. */
export interface RequestEnds {
  ids: string[];
  epochMs: number[];
  status: number[];
  errorCode: number[];
  errorText: string[];
  /** The server's own word, `X-Pod`; '' without an answer. */
  pod: string[];
  bodyMatches: (0 | 1)[];
}

/** What happened to connections; '' stands for a field that the kind of record does not have. */
export interface ConnectionEvents {
  kind: ConnectionRecord[0][];
  atMs: number[];
  connection: number[];
  pod: string[];
  requestId: string[];
  by: (ConnectionEndedRecord[3] | '')[];
  /** How a connection ended, or the errno of a refused dial. */
  how: string[];
}

export const noStarts = (): RequestStarts => ({ ids: [], epochMs: [] });

export const noEnds = (): RequestEnds => ({
  ids: [],
  epochMs: [],
  status: [],
  errorCode: [],
  errorText: [],
  pod: [],
  bodyMatches: [],
});

export const noConnections = (): ConnectionEvents => ({
  kind: [],
  atMs: [],
  connection: [],
  pod: [],
  requestId: [],
  by: [],
  how: [],
});

export function addStart(starts: RequestStarts, record: RequestStartRecord): void {
  starts.ids.push(record[1]);
  starts.epochMs.push(record[3]);
}

export function addEnd(ends: RequestEnds, record: RequestEndRecord): void {
  ends.ids.push(record[1]);
  ends.epochMs.push(record[2]);
  ends.status.push(record[3]);
  ends.errorCode.push(record[4]);
  ends.errorText.push(record[5]);
  ends.pod.push(record[6]);
  ends.bodyMatches.push(record[12]);
}

export function addConnection(events: ConnectionEvents, record: ConnectionRecord): void {
  const kind = record[0];
  events.kind.push(kind);
  events.atMs.push(record[1]);
  events.connection.push(record[2]);
  events.pod.push(kind === 'accepted' || kind === 'refused' ? record[3] : '');
  events.requestId.push(kind === 'sent' ? record[3] : kind === 'refused' ? record[5] : '');
  events.by.push(kind === 'ended' ? record[3] : '');
  events.how.push(kind === 'ended' || kind === 'refused' ? record[4] : '');
}
