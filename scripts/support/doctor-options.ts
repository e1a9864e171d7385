import { npmCommand, parseWords } from './options.ts';
import type { Help } from './options.ts';

/** Options of `npm run doctor`. */
export interface DoctorOptions {
  json: boolean;
}

/**
 * Parses the words after `npm run doctor --`.
 *
 * @throws LabError `usage` (exit code 64).
 */
export function parseDoctorOptions(words: readonly string[]): DoctorOptions | Help {
  const command = npmCommand(
    'doctor',
    'Prints which tools were found, which cluster would be used, and why.',
  ).option('--json', 'print JSON instead of text');
  const help = parseWords(command, words);
  if (help !== undefined) return help;
  return { json: command.opts<{ json?: boolean }>().json ?? false };
}
