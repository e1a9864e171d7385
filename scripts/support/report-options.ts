import { resolve } from 'node:path';
import { npmCommand, parseWords, resultsOption } from './options.ts';
import type { Help } from './options.ts';

/** Options of `npm run report`. */
export interface ReportOptions {
  /** Id of a run, or the path of its folder. */
  run: string;
  json: boolean;
  /** Absolute path of the folder in which a run id is looked up. */
  results: string;
}

/**
 * Parses the words after `npm run report --`.
 *
 * @throws LabError `usage` (exit code 64).
 */
export function parseReportOptions(words: readonly string[]): ReportOptions | Help {
  const command = npmCommand('report', 'Analyses a stored run again and prints its report. Needs no cluster.')
    .argument('<run>', 'id of a run in results/runs/, or the path of its folder')
    .option('--json', 'print JSON instead of text')
    .addOption(resultsOption());
  const help = parseWords(command, words);
  if (help !== undefined) return help;
  const { json, results } = command.opts<{ json?: boolean; results: string }>();
  return { run: command.args[0] ?? '', json: json ?? false, results: resolve(results) };
}
