import { monotonicMs, readClocks, roundMs } from '../support/clock.ts';
import { LabError, messageOf } from '../support/errors.ts';
import type { ClockRecord, HeaderRecord, TimelineRecord } from '../timeline/records.ts';
import { openTimeline } from '../timeline/writer.ts';

/** Where all parts of a trial put what they see. */
export interface Recording {
  /** Monotonic milliseconds that are 0 in trial time. */
  originMs: number;
  record: (record: TimelineRecord) => void;
}

/** Why a recording ended early: the problem that is also its last record but one. */
export interface Failure {
  code: string;
  message: string;
}

function clockRecord(originMs: number): ClockRecord {
  const clocks = readClocks();
  return { type: 'clock', atMs: roundMs(clocks.monotonicMs - originMs), epochMs: clocks.epochMs };
}

/**
 * Does the work with a timeline to write to. Throws only when that cannot be written; every other failure,
 * an interrupt too, is a record, and is returned.
 */
export async function recordTimeline(
  file: string,
  header: HeaderRecord,
  work: (recording: Recording) => Promise<void>,
): Promise<Failure | undefined> {
  const originMs = monotonicMs();
  await using timeline = openTimeline(file);
  let open = true;
  // A process that is being ended may still have something to say when the trial is over.
  const record = (seen: TimelineRecord) => {
    if (open) timeline.append(seen);
  };
  record(header);
  record(clockRecord(originMs));
  try {
    await work({ originMs, record });
    return undefined;
  } catch (error) {
    const code = error instanceof LabError ? error.code : 'lab-defect';
    // A defect keeps its stack: somebody will have to find it.
    const detail = error instanceof Error && code === 'lab-defect' ? (error.stack ?? '') : messageOf(error);
    record({ type: 'problem', atMs: roundMs(monotonicMs() - originMs), code, detail });
    return { code, message: messageOf(error) };
  } finally {
    record(clockRecord(originMs));
    open = false;
  }
}

const codesOfDeployment = new Set(['deploy-failed', 'balancer-failed', 'no-address']);

/** True when the server could not even be deployed, so that there is nothing to analyse. */
export function isDeployFailure({ code }: Failure): boolean {
  return codesOfDeployment.has(code);
}
