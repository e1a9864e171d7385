import type { SweepFindings } from '../../analysis/probe/sweep.ts';
import type { ProbeInfo } from './model.ts';
import { painter } from '../paint.ts';
import { columnsOf } from './columns.ts';
import { renderHeading } from './terminal.ts';
import { countsText, momentText } from './texts.ts';

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

function powerText({ smallestWindowMs, longestGapMs }: SweepFindings): string {
  if (smallestWindowMs === null) return 'none';
  const gap = longestGapMs === null ? '' : `, and one of ${msText(longestGapMs)} wherever it is`;
  return `a window of ${msText(smallestWindowMs)} would have been found with 95 %${gap}`;
}

const lossesInLine = 8;

/** When lost requests were sent, in milliseconds from SIGTERM, with what ended them. */
function lossLines({ losses }: SweepFindings): string[] {
  if (losses.length === 0) return [];
  const lines: string[] = ['  lost requests were sent at (milliseconds from SIGTERM)'];
  for (const outcome of new Set(losses.map((loss) => loss.outcome))) {
    const moments = losses
      .filter((loss) => loss.outcome === outcome)
      .map(({ offsetMs }) => momentText(offsetMs));
    for (let from = 0; from < moments.length; from += lossesInLine) {
      const name = from === 0 ? outcome : '';
      lines.push(`    ${name.padEnd(outcome.length)}  ${moments.slice(from, from + lossesInLine).join(' ')}`);
    }
  }
  return lines;
}

function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}
