/** `npm run lab`: builds the apps, restarts them under load, and prints which requests were lost. */
import { renderPlan } from './catalogue/render-plan.ts';
import { chooseCluster } from './cluster/choose.ts';
import { finishRun, reportComplete } from './run/finish.ts';
import { tellBroken } from './run/broken-apps.ts';
import { readHistory } from './run/history.ts';
import { lockMachine } from './run/lock.ts';
import { isComplete, planRun, runFolder } from './run/planned.ts';
import { showProgress } from './run/progress.ts';
import { estimateProbes } from './run/probe/estimate.ts';
import { probeVariants } from './run/probe/stage.ts';
import { planRest } from './run/resume.ts';
import { runTrials } from './run/run.ts';
import { startRun } from './run/start.ts';
import { runCommandLine } from './support/command-line.ts';
import { watchInterrupts } from './support/interrupt.ts';
import { parseLabOptions } from './support/lab-options.ts';

await runCommandLine(parseLabOptions, async (options) => {
  const folder = runFolder(options);
  using held = new DisposableStack();
  if (!options.list) held.use(await lockMachine(folder));
  const planned = await (options.resume === undefined ? planRun : planRest)(options, folder);
  const history = readHistory(options.results);
  if (options.list) {
    const { name } = await chooseCluster(planned.options.cluster);
    process.stdout.write(renderPlan(planned.rest, history, estimateProbes(planned, history, name)));
    return tellBroken(planned.catalogue);
  }
  tellBroken(planned.catalogue);
  if (isComplete(planned)) return reportComplete(planned);

  using interrupts = watchInterrupts(() => {
    process.stderr.write('\nInterrupted: ending the trial, then the report. Once more ends at once.\n');
  });
  const { signal } = interrupts;
  await using run = await startRun(planned, signal);
  const probed = await probeVariants({ ...planned, ...run, signal });
  const progress = showProgress({ ...planned, info: run.info, history, probed, table: !options.json });
  const findings = await runTrials({ ...run, plan: planned.rest, signal, progress });
  return finishRun(run, { findings: [...planned.kept, ...findings], probed }, options.json);
});
