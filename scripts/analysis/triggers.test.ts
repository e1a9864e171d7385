import { expect, test } from 'vitest';
import type { Trigger } from '../support/trigger.ts';
import type { TimelineRecord } from '../timeline/records.ts';
import { smallestWindowSeenMs } from './power.ts';
import { findingsFrom, invalidCodes } from './testing/findings.ts';
import { syntheticRecords } from './testing/synthetic.ts';

/** The made-up restart, as if this had ended only the first so many of its three pods. */
function endedBy(trigger: Trigger | undefined, terminations: number): TimelineRecord[] {
  return [...syntheticRecords()].flatMap((record): TimelineRecord[] => {
    if (!('type' in record)) return [record];
    if (record.type === 'header') {
      return [{ ...record, trial: { ...record.trial, ...(trigger && { trigger }) } }];
    }
    const isKept =
      record.type !== 'pod' ||
      record.revision === 'new' ||
      record.atMs < 0 ||
      Number(record.pod.slice(-1)) < terminations;
    return isKept ? [record] : [];
  });
}

test.each<{ trigger: Trigger | undefined; terminations: number; invalid: string[] }>([
  { trigger: undefined, terminations: 3, invalid: [] },
  { trigger: undefined, terminations: 2, invalid: ['terminations-missing'] },
  { trigger: 'rolling-restart', terminations: 2, invalid: ['terminations-missing'] },
  { trigger: 'delete-pod', terminations: 1, invalid: [] },
  { trigger: 'scale-down', terminations: 2, invalid: [] },
  { trigger: 'drain', terminations: 0, invalid: ['terminations-missing'] },
])('$trigger that ended $terminations of 3 pods', ({ trigger, terminations, invalid }) => {
  const findings = findingsFrom(endedBy(trigger, terminations));
  expect(invalidCodes(findings)).toEqual(invalid);
  const isAll = trigger === undefined || trigger === 'rolling-restart';
  expect(findings.conditions.terminations).toBe(isAll ? undefined : terminations);
});

test('one pod of three shows a loss less surely than all of them', () => {
  const windowOf = (trigger: Trigger, terminations: number) =>
    smallestWindowSeenMs([findingsFrom(endedBy(trigger, terminations))], 'persistent');
  // ln 20 / (K·r) with K = (1 + 1/3)^n − 1
  expect(windowOf('rolling-restart', 3)).toBeCloseTo(43.7, 1);
  expect(windowOf('delete-pod', 1)).toBeCloseTo(179.7, 1);
});
