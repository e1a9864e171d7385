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
  /** Virtual user, counted from 1. */
  users: number[];
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
  blockedMs: number[];
  /** 0 for a request on a connection that was open already. */
  connectingMs: number[];
  sendingMs: number[];
  /** All that k6 timed, from taking the request to the end of its answer; 0 for a dial that failed. */
  takenMs: number[];
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

export const noStarts = (): RequestStarts => ({ ids: [], users: [], epochMs: [] });

export const noEnds = (): RequestEnds => ({
  ids: [],
  epochMs: [],
  status: [],
  errorCode: [],
  errorText: [],
  pod: [],
  blockedMs: [],
  connectingMs: [],
  sendingMs: [],
  takenMs: [],
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
  starts.users.push(record[2]);
  starts.epochMs.push(record[3]);
}

export function addEnd(ends: RequestEnds, record: RequestEndRecord): void {
  ends.ids.push(record[1]);
  ends.epochMs.push(record[2]);
  ends.status.push(record[3]);
  ends.errorCode.push(record[4]);
  ends.errorText.push(record[5]);
  ends.pod.push(record[6]);
  ends.blockedMs.push(record[7]);
  ends.connectingMs.push(record[8]);
  ends.sendingMs.push(record[9]);
  // `blocked` includes `connecting`.
  ends.takenMs.push(record[7] + record[9] + record[10] + record[11]);
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
