import { markdownTable } from 'markdown-table';
import { estimateTrial } from './estimate.ts';
import type { TrialHistory } from './estimate.ts';
import type { Plan } from './model.ts';

/** What `--list` prints: every trial in its order with its estimated time, then seed and totals. */
export function renderPlan(plan: Plan, history: TrialHistory): string {
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
  const totalMs = estimates.reduce((sum, { ms }) => sum + ms, 0);
  const measured = estimates.filter(({ source }) => source === 'earlier run').length;
  return [
    table,
    '',
    `Seed ${plan.seed}: --seed ${plan.seed} gives this order again.`,
    `${plan.trials.length === 1 ? '1 trial' : `${plan.trials.length} trials`}, about ${minutesText(totalMs)} without builds` +
      ` (${measured} estimated from an earlier run, ${estimates.length - measured} from the model).`,
    '',
  ].join('\n');
}

function minutesText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
