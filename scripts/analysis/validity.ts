import { min } from 'd3-array';
import { clientClockFaults, roughClockFlag } from './client-clock.ts';
import { clockToleranceMs } from './clock.ts';
import type { Evidence } from './evidence.ts';
import type { Loss, Remark, Termination, TrialFindings } from './findings.ts';
import { mayBelongTo } from './hits.ts';
import type { Outcomes } from './losses.ts';
import { lastOf } from './pods.ts';
import type { Request } from './requests.ts';
import { isRollingRestart } from './rolling-restart.ts';
import { tally, tallyText } from './tally.ts';

/** From here on k6 counts as late (99th percentile against its grid). */
const scheduleLagLimitMs = 20;

/** Everything but the accounts that makes a trial prove nothing. */
export function validityOf(
  evidence: Evidence,
  losses: readonly Loss[],
  terminations: readonly Termination[],
): Remark[] {
  return [
    ...evidence.problems.map(({ code, detail }) => ({ code, text: detail })),
    ...damage(evidence),
    ...clockFaults(evidence),
    ...loadFaults(evidence),
    ...(evidence.header.trial.kind === 'sham'
      ? shamFaults(evidence, terminations)
      : [
          ...rolloutFaults(evidence, terminations),
          ...overlapFaults(evidence, terminations),
          ...baselineFaults(evidence, losses, terminations),
        ]),
  ];
}

/** Doubts that leave a trial valid. */
export function flagsOf(
  evidence: Evidence,
  load: TrialFindings['load'],
  { losses, unread }: Pick<Outcomes, 'losses' | 'unread'>,
): Remark[] {
  const flags: Remark[] = [];
  if (load.scheduleLagP99Ms !== null && load.scheduleLagP99Ms >= scheduleLagLimitMs) {
    const text = `requests began up to ${load.scheduleLagP99Ms.toFixed(1)} ms late (99th percentile; limit ${scheduleLagLimitMs} ms): the machine was busy`;
    flags.push({ code: 'schedule-lag', text });
  }
  if (unread.length > 0) {
    const text = `${unread.length} lost in the instant in which a pod reset the connection: the balancer had not read them`;
    flags.push({ code: 'unread-by-balancer', text });
  }
  if (evidence.client !== null) {
    flags.push(...roughClockFlag(evidence.client.clock), ...unexplainedFlag(losses));
  }
  const replaced = [...evidence.pods.values()].flatMap((pod) => lastOf(pod, 'portReplaced') ?? []);
  if (replaced.length > 0) {
    flags.push({
      code: 'port-replaced',
      text: [...new Set(replaced.map(({ detail }) => detail))].join('; '),
    });
  }
  if (evidence.timeline.unknown.length > 0) {
    const text = `${evidence.timeline.unknown.length} records of types that this version does not know were left aside`;
    flags.push({ code: 'unknown-records', text });
  }
  return flags;
}

/** Something else than the restart may have lost them. */
function unexplainedFlag(losses: readonly Loss[]): Remark[] {
  const unexplained = losses.filter(({ pod, candidates }) => pod === '' && candidates === undefined);
  if (unexplained.length === 0) return [];
  const classes = tallyText(tally(unexplained, (loss) => loss.class));
  const text = `${unexplained.length} lost on new connections when no pod that was being ended can have got them: ${classes}`;
  return [{ code: 'loss-unexplained', text }];
}

function damage({ timeline }: Evidence): Remark[] {
  const [first] = timeline.problems;
  if (first === undefined) return [];
  const lines = timeline.problems.length === 1 ? '1 line' : `${timeline.problems.length} lines`;
  const text = `${lines} of the timeline could not be used, the first is line ${first.line} (byte ${first.byteOffset}): ${first.reason}`;
  return [{ code: 'timeline-damaged', text }];
}

function clockFaults(evidence: Evidence): Remark[] {
  const { clock, ledger, client } = evidence;
  if (clock.stepMs === null) {
    return [{ code: 'clock-missing', text: 'the clocks were not read at both ends of the trial' }];
  }
  if (Math.abs(clock.stepMs) > clockToleranceMs) {
    const text = `the wall clock moved by ${(-clock.stepMs).toFixed(1)} ms against the monotonic clock (limit ${clockToleranceMs} ms)`;
    return [{ code: 'clock-stepped', text }];
  }
  if (client !== null) return clientClockFaults(evidence, client.clock);
  const apartMs = quickestMs(ledger.all);
  if (apartMs === undefined || Math.abs(apartMs) <= clockToleranceMs) return [];
  const text = `the quickest request reached the balancer ${apartMs.toFixed(1)} ms after k6 began it (limit ±${clockToleranceMs} ms): their clocks are apart`;
  return [{ code: 'clocks-apart', text }];
}

/**
 * From k6's start of a request until the balancer saw it, of the one that took the least: far below a millisecond,
 * however busy the machine, if both times are of one clock. Undefined when the balancer saw none.
 */
function quickestMs(requests: readonly Request[]): number | undefined {
  const seen = requests.filter(({ sentMs }) => !Number.isNaN(sentMs));
  return min(seen, ({ sentMs, startMs }) => sentMs - startMs);
}

function loadFaults({ load, ledger }: Evidence): Remark[] {
  const faults: Remark[] = [];
  if (load.firstRequest === undefined || ledger.all.length === 0) {
    faults.push({ code: 'no-load', text: 'no request was sent' });
  }
  if (load.stopping === undefined) {
    faults.push({ code: 'load-not-stopped', text: 'nothing tells when the load was stopped' });
  }
  if (load.ended === undefined) {
    faults.push({ code: 'load-not-ended', text: 'the end of k6 was not recorded' });
  } else if (load.ended.counts === undefined) {
    faults.push({
      code: 'counts-missing',
      text: "k6's own counts are missing, so the records cannot be checked",
    });
  } else {
    const dropped = Object.values(load.ended.counts).reduce((sum, count) => sum + count.dropped, 0);
    if (dropped > 0) {
      faults.push({ code: 'dropped', text: `${dropped} requests were dropped: k6 had no free user` });
    }
  }
  return faults;
}

function shamFaults(evidence: Evidence, terminations: readonly Termination[]): Remark[] {
  if (evidence.rolloutBeganMs === undefined && terminations.length === 0) return [];
  return [{ code: 'sham-restarted', text: 'pods were ended in a trial that must not restart any' }];
}

function rolloutFaults(evidence: Evidence, terminations: readonly Termination[]): Remark[] {
  const faults: Remark[] = [];
  const { replicas } = evidence.header.plan;
  if (evidence.rolloutBeganMs === undefined) {
    faults.push({ code: 'rollout-missing', text: 'the restart never began' });
  } else if (evidence.rolloutCompleteMs === undefined) {
    faults.push({ code: 'rollout-incomplete', text: 'the restart never completed' });
  }
  const { trial } = evidence.header;
  if (isRollingRestart(trial) ? terminations.length !== replicas : terminations.length === 0) {
    const text = `${terminations.length} of ${replicas} old pods were terminated`;
    faults.push({ code: 'terminations-missing', text });
  }
  return faults;
}

function overlapFaults(evidence: Evidence, terminations: readonly Termination[]): Remark[] {
  const fromMs = evidence.load.firstRequest?.atMs ?? Infinity;
  const toMs = evidence.load.stopping?.atMs ?? -Infinity;
  const outside = terminations.filter(
    ({ deletedMs, exitedMs, betweenMs }) =>
      (betweenMs?.deletedMs?.[0] ?? deletedMs) < fromMs ||
      exitedMs === null ||
      (betweenMs?.exitedMs?.[1] ?? exitedMs) > toMs,
  );
  if (outside.length === 0) return [];
  const pods = outside.map(({ pod }) => pod).join(', ');
  return [{ code: 'load-missed-termination', text: `not under load from deletion to exit: ${pods}` }];
}

/**
 * Failures before the restart cannot be its doing. A request sent before it and cut when its pod was
 * deleted is the restart's doing.
 */
function baselineFaults(
  { rolloutBeganMs }: Evidence,
  losses: readonly Loss[],
  terminations: readonly Termination[],
): Remark[] {
  const early = losses.filter(
    (loss) =>
      loss.sentMs < (rolloutBeganMs ?? -Infinity) &&
      !terminations.some((termination) => mayBelongTo(loss, termination)),
  );
  if (early.length === 0) return [];
  const classes = tallyText(tally(early, (loss) => loss.class));
  return [
    { code: 'baseline-not-clean', text: `${early.length} failed before the restart began: ${classes}` },
  ];
}
