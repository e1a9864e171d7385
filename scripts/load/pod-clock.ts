import { readClocks, roundMs } from '../support/clock.ts';
import { LabError } from '../support/errors.ts';
import type { ClockSample } from './k6-run.ts';
import type { Answer, PodShell } from './pod-shell.ts';

const samples = 10;

// BusyBox's `date` knows whole seconds only, but its shell has this variable; in Debian it is the other way round.
const command = 'echo "${EPOCHREALTIME:-$(date +%s%N)}"';

/**
 * Reads the wall clock of a pod against that of this machine, several times, and keeps the reading that took the
 * least time: the pod looked at its clock between question and answer, so the offset is exact to half of that time.
 *
 * @throws LabError `kubectl-failed` when the pod does not answer, `pod-clock` when its clock is too coarse.
 */
export async function readPodClock(shell: PodShell): Promise<ClockSample> {
  // Opens the shell, which takes longer than all that follows.
  await shell.ask('true');
  let best = await shell.ask(command);
  let epochLessMonotonicMs = hereMs();
  for (let count = 1; count < samples; count += 1) {
    const answer = await shell.ask(command);
    if (tookMs(answer) < tookMs(best)) best = answer;
    // One who is interrupted between two clocks reads the second too late: the greatest difference is the true one.
    epochLessMonotonicMs = Math.max(epochLessMonotonicMs, hereMs());
  }
  const middleMs = (best.askedMs + best.answeredMs) / 2;
  return {
    monotonicMs: middleMs,
    offsetMs: roundMs(epochMsOf(best.output.toString()) - (middleMs + epochLessMonotonicMs)),
    uncertaintyMs: roundMs(tookMs(best) / 2),
  };
}

function tookMs({ askedMs, answeredMs }: Answer): number {
  return answeredMs - askedMs;
}

/** The wall clock of this machine less its monotonic one. */
function hereMs(): number {
  const { epochMs, monotonicMs } = readClocks();
  return epochMs - monotonicMs;
}

/** Seconds with six digits behind the point, or nanoseconds. */
function epochMsOf(text: string): number {
  const shown = text.trim();
  if (/^\d{10}[.,]\d{6}$/.test(shown)) return Number(shown.replace(',', '.')) * 1000;
  if (/^\d{19}$/.test(shown)) return Number(shown) / 1e6;
  const message = `the clock of k6's pod cannot be read to a fraction of a second: its shell says ${JSON.stringify(shown)}`;
  throw new LabError('pod-clock', message);
}
