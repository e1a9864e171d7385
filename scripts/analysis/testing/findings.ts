import { parseTimeline } from '../../timeline/read.ts';
import type { TimelineRecord } from '../../timeline/records.ts';
import { analyseTrial } from '../analyse.ts';
import type { TrialFindings } from '../findings.ts';
import { syntheticRecords, textOf, type SyntheticOptions } from './synthetic.ts';

/** What analysis makes of records, by way of the text of their timeline. */
export function findingsFrom(records: Iterable<TimelineRecord>): TrialFindings {
  return analyseTrial(parseTimeline(textOf(records)));
}

/** What analysis makes of a made-up trial. */
export function syntheticFindings(options: SyntheticOptions = {}): TrialFindings {
  return findingsFrom(syntheticRecords(options));
}

/** The codes of the reasons why a trial is invalid, each once. */
export function invalidCodes({ invalid }: TrialFindings): string[] {
  return [...new Set(invalid.map(({ code }) => code))];
}
