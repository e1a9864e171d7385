import { resolve } from 'node:path';
import { pathOption, npmCommand, parseWords, resultsOption } from './options.ts';
import type { Help } from './options.ts';

/** Options of `npm run table`. */
export interface TableOptions {
  /** Id or folder of the run to publish; undefined for those that are published already. */
  from: string | undefined;
  /** Only tell, by the exit code, whether all of it is up to date. */
  check: boolean;
  /** Absolute path of the folder in which a run id is looked up. */
  results: string;
}

/**
 * Parses the words after `npm run table --`.
 *
 * @throws LabError `usage` (exit code 64).
 */
export function parseTableOptions(words: readonly string[]): TableOptions | Help {
  const command = npmCommand(
    'table',
    'Writes the tables of the published runs, and how they compare, into README.md and results/.',
  )
    .option(
      '--from <run>',
      'publish this run first, in the place of its kind of cluster: an id in results/runs/, or its folder',
      pathOption('--from', 'the id or folder of a run'),
    )
    .option('--check', 'write nothing; fail when anything is not that of the published runs')
    .addOption(resultsOption());
  const help = parseWords(command, words);
  if (help !== undefined) return help;
  const { from, check, results } = command.opts<{ from?: string; check?: boolean; results: string }>();
  return { from, check: check ?? false, results: resolve(results) };
}
