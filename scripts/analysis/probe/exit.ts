import { roundMs } from '../../support/clock.ts';
import { describeExit } from '../../support/exit-meaning.ts';
import type { ProbeSession } from '../../timeline/probe-records.ts';
import { tally } from '../tally.ts';
import type { ProbeExit, SessionFindings } from './model.ts';

/** When the process got which signal and ended, in session time; null for what did not happen. */
export interface ProcessLife {
  sigtermMs: number | null;
  listenerClosedMs: number | null;
  /** Sent by the lab. */
  sigkillMs: number | null;
  exitedMs: number | null;
}

/** Reads the life of the process after it answered. */
export function lifeOf({ process }: ProbeSession): ProcessLife {
  const first = (event: (typeof process)[number]['event']) =>
    process.find((record) => record.event === event)?.atMs ?? null;
  return {
    sigtermMs: first('sigterm'),
    listenerClosedMs: first('listenerClosed'),
    sigkillMs: first('sigkill'),
    exitedMs: first('exited'),
  };
}

/** How the process ended. */
export function exitOf(session: ProbeSession): ProbeExit {
  const { sigtermMs, sigkillMs, exitedMs } = lifeOf(session);
  const record = session.process.find(({ event }) => event === 'exited');
  return {
    atMs: exitedMs === null || sigtermMs === null ? null : roundMs(exitedMs - sigtermMs),
    exitCode: record?.exitCode ?? null,
    signal: record?.signal ?? null,
    killed: sigkillMs !== null && (exitedMs === null || sigkillMs <= exitedMs),
  };
}

/** Every way in which the sessions ended, the most frequent first: `exit code 143 (ended by SIGTERM)`. */
export function exitTexts(sessions: readonly SessionFindings[]): string[] {
  return Object.entries(tally(sessions, ({ exit }) => exitText(exit)))
    .sort(([, a = 0], [, b = 0]) => b - a)
    .map(([text]) => text);
}

function exitText({ exitCode, signal, killed }: ProbeExit): string {
  // In a PID namespace SIGKILL may show as an exit code that says nothing.
  if (killed) return 'killed by the lab';
  if (exitCode === null && signal === null) return 'did not end';
  return describeExit(exitCode ?? undefined, signal ?? undefined);
}
