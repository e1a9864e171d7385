import type { Trial } from '../catalogue/model.ts';
import { chooseRate, rateLadder } from '../load/rate.ts';
import { requestDelayText } from '../report/figures.ts';
import type { RateInfo, RunInfo } from '../report/run-info.ts';

/** What a pre-test of this run, also one before it was taken up again, found for trials like this one. */
export function keptRate({ rates = [] }: RunInfo, { variant, scenario }: Trial): RateInfo | undefined {
  const requestDelayMs = scenario.requestDelaySeconds * 1000;
  return rates.find((rate) => rate.variant === variant.id && rate.requestDelayMs === requestDelayMs);
}

/** Chooses the rate by what a pre-test carried, and keeps it for all trials like this one. */
export function keepRate(info: RunInfo, { variant, scenario }: Trial, carriedPerSecond: number): RateInfo {
  const kept: RateInfo = {
    variant: variant.id,
    requestDelayMs: scenario.requestDelaySeconds * 1000,
    carriedPerSecond: Math.round(carriedPerSecond * 10) / 10,
    ratePerSecond: chooseRate(info.options.ratePerSecond, carriedPerSecond) ?? 0,
  };
  (info.rates ??= []).push(kept);
  return kept;
}

/** Why trials with this request delay cannot be measured; undefined when they can. */
export function tooSlowText({
  requestDelayMs,
  carriedPerSecond,
  ratePerSecond,
}: RateInfo): string | undefined {
  if (ratePerSecond > 0) return undefined;
  const lowest = Math.min(...rateLadder);
  const delay = requestDelayText(requestDelayMs);
  if (carriedPerSecond === 0) {
    return `cannot be measured${delay}: before any restart, a pre-test of 3 s got no good answer at all`;
  }
  return `too slow to be measured${delay}: a pre-test carried ${carriedPerSecond} requests/s, and the lowest rate of ${lowest}/s needs ${2 * lowest}`;
}

/** Controls prove the instrument at the rate of the run and never get another. */
export function isControl({ rows }: RunInfo, { kind, variant }: Trial): boolean {
  return kind === 'sham' || rows.some((row) => row.variant === variant.id && row.control);
}
