/** `npm run report -- <run>`: analyses a stored run again and prints its report. Needs no cluster. */
import { buildReport } from './report/build.ts';
import { exitCodeOf } from './report/exit-code.ts';
import { renderTerminal } from './report/terminal.ts';
import { renderJson } from './report/writer.ts';
import { describeReanalysis, reanalyse } from './run/reanalyse.ts';
import { openRun } from './run/stored-run.ts';
import { runCommandLine } from './support/command-line.ts';
import { parseReportOptions } from './support/report-options.ts';

await runCommandLine(parseReportOptions, async (options) => {
  const run = openRun(options.run, options.results);
  const analysed = await reanalyse(run);
  const report = buildReport(run.info, analysed.findings, {
    probed: analysed.probed,
    remarks: describeReanalysis(analysed),
  });
  const colour = process.stdout.isTTY;
  process.stdout.write(options.json ? renderJson(report) : renderTerminal(report, { colour }));
  return exitCodeOf(report);
});
