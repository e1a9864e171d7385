import { seconds } from './figures.ts';
import type { TrialSummary } from './model.ts';

/** How well the lab itself kept up: the worst trial in each respect. */
export function instrumentLines(trials: readonly TrialSummary[]): string[] {
  if (trials.length === 0) return [];
  const most = (
    figure: (trial: TrialSummary) => number | null | undefined,
  ): { value: number; id: string } | undefined =>
    trials
      .flatMap((trial) => {
        const value = figure(trial);
        return value === null || value === undefined ? [] : [{ value, id: trial.id }];
      })
      .sort((a, b) => b.value - a.value)[0];
  const ratio = most(({ time }) => time.ratio);
  const lag = most(({ load }) => load.scheduleLagP99Ms);
  const lines = [
    `requests dropped by k6: ${trials.reduce((sum, { load }) => sum + load.dropped, 0)} in ${trials.length} trials`,
  ];
  if (lag)
    lines.push(`schedule lag, 99th percentile: at most ${lag.value.toFixed(1)} ms (${lag.id}); limit 20 ms`);
  if (ratio) {
    const trial = trials.find(({ id }) => id === ratio.id);
    const of = `${seconds(trial?.time.wallMs ?? 0)} of ${seconds(trial?.time.unavoidableMs ?? 0)}`;
    lines.push(
      `time of a trial against what cannot be avoided (warm-up + replicas × (start + probe period) + preStop + drain + tail + requests that are open then): at most ${ratio.value.toFixed(2)} (${of}, ${ratio.id}); limit 1.30`,
    );
  }
  for (const process of ['lab', 'balancer', 'k6'] as const) {
    const cores = most(({ usage }) => usage[process]?.cores);
    const memory = most(({ usage }) => usage[process]?.residentBytes);
    if (cores === undefined) continue;
    const resident = memory === undefined ? '' : `, ${(memory.value / 1e6).toFixed(0)} MB`;
    lines.push(`${process}: at most ${percentOfCore(cores.value)} of one core (${cores.id})${resident}`);
  }
  return lines;
}

function percentOfCore(cores: number): string {
  return `${(cores * 100).toFixed(1)} %`;
}
