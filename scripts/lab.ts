/** `npm run lab`: builds the apps, restarts them under load, and prints which requests were lost. */
import { makePlan } from './catalogue/plan.ts';
import { renderPlan } from './catalogue/render-plan.ts';
import { readRunCatalogue } from './run/controls.ts';
import { finishRun } from './run/finish.ts';
import { readHistory } from './run/history.ts';
import { showProgress } from './run/progress.ts';
import { runTrials } from './run/run.ts';
import { startRun } from './run/start.ts';
import { runCommandLine } from './support/command-line.ts';
import { watchInterrupts } from './support/interrupt.ts';
import { parseLabOptions } from './support/lab-options.ts';

/** Seeds are drawn small enough to be typed again. */
const drawSeed = () => Math.floor(Math.random() * 1_000_000);

await runCommandLine(parseLabOptions, async (options) => {
  const catalogue = await readRunCatalogue(options);
  const plan = makePlan({ ...options, catalogue, seed: options.seed ?? drawSeed() });
  const history = readHistory(options.results);
  if (options.list) {
    process.stdout.write(renderPlan(plan, history));
    return 0;
  }

  using interrupts = watchInterrupts(() => {
    process.stderr.write('\nInterrupted: ending the trial, then the report. Once more ends at once.\n');
  });
  const { signal } = interrupts;
  await using run = await startRun(options, { catalogue, plan }, signal);
  const progress = showProgress({ plan, info: run.info, history, table: !options.json });
  const findings = await runTrials({ ...run, plan, ratePerSecond: options.ratePerSecond, signal, progress });
  return finishRun(run, findings, options.json);
});
