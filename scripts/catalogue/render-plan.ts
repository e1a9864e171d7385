import { markdownTable } from 'markdown-table';
import { minutesText } from '../support/minutes.ts';
import { estimateTrial } from './estimate.ts';
import type { ProbesEstimate, TrialHistory } from './estimate.ts';
import type { Plan } from './model.ts';

/** What `--list` prints: every trial in its order with its estimated time, then seed and totals. */
export function renderPlan(
  plan: Plan,
  history: TrialHistory,
  before: ProbesEstimate = { probes: 0, ms: 0 },
): string {
  const estimates = plan.trials.map((trial) => ({ trial, ...estimateTrial(trial, history) }));
  const rows = estimates.map(({ trial, ms, startUpMs, source }, index) => [
    String(index + 1),
    trial.id,
    (ms / 1000).toFixed(1),
    (startUpMs / 1000).toFixed(1),
    source,
  ]);
  const table = markdownTable([['#', 'trial', 'seconds', 'of it start-up', 'estimated from'], ...rows], {
    align: ['r', 'l', 'r', 'r', 'l'],
  });
  const trialsMs = estimates.reduce((sum, { ms }) => sum + ms, 0);
  const trials = counted(plan.trials.length, 'trial');
  const time =
    before.probes === 0
      ? `${trials}, about ${minutesText(trialsMs)}`
      : `${counted(before.probes, 'probe')}, about ${minutesText(before.ms)}, and ${trials}, about ${minutesText(trialsMs)}: ${minutesText(before.ms + trialsMs)} in all`;
  const measured = estimates.filter(({ source }) => source === 'earlier run').length;
  return [
    table,
    '',
    `Seed ${plan.seed}: --seed ${plan.seed} gives this order again.`,
    `${time} without builds` +
      ` (${measured} ${before.probes === 0 ? '' : 'trials '}estimated from an earlier run, ${estimates.length - measured} from the model).`,
    '',
  ].join('\n');
}

function counted(count: number, name: string): string {
  return count === 1 ? `1 ${name}` : `${count} ${name}s`;
}
