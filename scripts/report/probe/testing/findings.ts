import type {
  ConnectionFinding,
  ProbeFindings,
  SessionFindings,
  StateFindings,
} from '../../../analysis/probe/model.ts';
import type { ProbeInfo } from '../model.ts';

/** A connection that was idle and got its answer after SIGTERM, changed as told. */
export function connection(changes: Partial<ConnectionFinding> = {}): ConnectionFinding {
  return {
    id: 0,
    state: 'idle',
    actsAfterMs: 50,
    outcome: 'served',
    status: 200,
    sentMs: 50.21,
    answeredMs: 51.18,
    endedMs: null,
    endedBy: null,
    beforeReaction: false,
    remark: '',
    next: null,
    ...changes,
  };
}

/** A quiet session of a server that exits by itself. */
export function session(changes: Partial<SessionFindings> = {}): SessionFindings {
  return {
    session: 'quiet-idle',
    condition: 'quiet',
    repetition: 1,
    invalid: [],
    reactedMs: 1.234,
    reaction: 'it stopped listening',
    listenerClosedMs: 1.234,
    exit: { atMs: 402.6, exitCode: 0, signal: null, killed: false },
    connections: [connection()],
    ...changes,
  };
}

/** What three connections in one state met. */
export function state(changes: Partial<StateFindings> = {}): StateFindings {
  return {
    condition: 'quiet',
    state: 'idle',
    actsAfterMs: 50,
    outcomes: { served: 3 },
    next: {},
    stable: true,
    beforeReaction: 0,
    ...changes,
  };
}

/** Of a whole probe. */
export function findings(changes: Partial<ProbeFindings> = {}): ProbeFindings {
  return {
    variant: 'toy/server',
    strategy: 'one more message',
    byRepetition: {},
    parts: [
      { label: 'one more message', condition: 'quiet', evidence: ['quiet-idle.1#0', 'quiet-idle.1#1'] },
    ],
    inFlight: 'served',
    late: 'refused',
    arrivals: [],
    drainBound: { bounds: ['requests in flight'], text: 'waits for requests in flight' },
    exits: ['exit code 0'],
    states: [state()],
    sessions: [session()],
    invalid: [],
    ...changes,
  };
}

/** Of a probe that has ended as it should. */
export function probeInfo(changes: Partial<ProbeInfo> = {}): ProbeInfo {
  return {
    schema: 1,
    id: '2026-11-21T10-15-30-toy-server',
    variant: 'toy/server',
    about: 'Toy 1.0.0 on Node.js http: server.close() on SIGTERM',
    started: '2026-11-21T10:15:30.000Z',
    finished: '2026-11-21T10:15:50.000Z',
    interrupted: false,
    pid1: true,
    repeat: 1,
    sweep: null,
    ...changes,
  };
}
