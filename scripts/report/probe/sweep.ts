import type { SweepFindings } from '../../analysis/probe/sweep.ts';
import { tally } from '../../analysis/tally.ts';
import type { ProbeInfo } from './model.ts';
import { painter } from '../paint.ts';
import { columnsOf } from './columns.ts';
import { renderHeading } from './terminal.ts';
import { countsText } from './texts.ts';

/** A sweep for a terminal: what was sent around SIGTERM, what was lost and when, and what would have been found. */
export function renderSweep(probe: ProbeInfo, sweep: SweepFindings, options: { colour: boolean }): string {
  const paint = painter(options.colour);
  const lines = [
    ...renderHeading(probe, paint),
    '',
    paint('bold', `Sweep of idle connections around SIGTERM, ${terminationsText(sweep.terminations)}`),
    ...columnsOf([
      ['requests', requestsText(sweep)],
      ['lost', sweep.losses.length === 0 ? 'none' : countsText(sweep.byOutcome)],
      ['loss window', windowText(sweep)],
      ...singleText(sweep),
      ['power', powerText(sweep)],
    ]).map((line) => `  ${line}`),
    ...lossLines(sweep),
    ...sweep.invalid.map((reason) => `  ${paint('yellow', reason)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function terminationsText(count: number): string {
  return count === 1 ? '1 termination' : `${count} terminations`;
}

function requestsText({ sent, closedBefore, notReached, spanMs, sendErrorP99Ms }: SweepFindings): string {
  const parts = [
    spanMs === null ? `${sent} sent` : `${sent} sent within ${msText(spanMs)} around SIGTERM`,
    ...(sendErrorP99Ms === null ? [] : [`99 % of them less than ${msText(sendErrorP99Ms)} off their plan`]),
    ...(closedBefore === 0 ? [] : [`${closedBefore} connections were closed before their request`]),
    ...(notReached === 0 ? [] : [`${notReached} could not be made idle`]),
  ];
  return parts.join('; ');
}

function windowText({ window }: SweepFindings): string {
  if (window === null) return 'none seen';
  const { estimateMs, lowerMs, upperMs } = window;
  return `${msText(estimateMs)} (95 %: ${msText(lowerMs)} to ${msText(upperMs)})`;
}

/** With several terminations: in how many a request was lost, and how much their estimates differ. */
function singleText({ singleMs }: SweepFindings): [string, string][] {
  if (singleMs.length < 2) return [];
  const found = singleMs.filter((estimateMs) => estimateMs > 0);
  const range =
    found.length === 0 ? '' : `, alone ${msText(Math.min(...found))} to ${msText(Math.max(...found))}`;
  return [['found in', `${found.length} of ${terminationsText(singleMs.length)}${range}`]];
}

function powerText({ smallestWindowMs, longestGapMs }: SweepFindings): string {
  if (smallestWindowMs === null) return 'none';
  const gap = longestGapMs === null ? '' : `, and one of ${msText(longestGapMs)} wherever it is`;
  return `a window of ${msText(smallestWindowMs)} would have been found with 95 %${gap}`;
}

/** How many lost requests were sent in each millisecond from SIGTERM, and what ended them. */
function lossLines({ losses }: SweepFindings): string[] {
  if (losses.length === 0) return [];
  const byMs = Map.groupBy(losses, ({ offsetMs }) => Math.floor(offsetMs));
  const rows = [...byMs].map(([ms, lost]): [string, string] => [
    `  ${ms} to ${ms + 1}`,
    countsText(tally(lost, ({ outcome }) => outcome)),
  ]);
  return [
    '  lost requests by the moment they were sent at (milliseconds from SIGTERM)',
    ...columnsOf(rows),
  ].map((line, index) => (index === 0 ? line : `  ${line}`));
}

function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}
