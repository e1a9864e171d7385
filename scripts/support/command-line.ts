import { LabError } from './errors.ts';
import type { Help } from './options.ts';

/**
 * Runs a command: parses the words after its name, prints help when that was asked for, and sets the exit
 * code. An error that is meant for the user is printed as its message; any other keeps its stack.
 */
export async function runCommandLine<Options extends object>(
  parse: (words: readonly string[]) => Options | Help,
  command: (options: Options) => Promise<number> | number,
): Promise<void> {
  try {
    const options = parse(process.argv.slice(2));
    if ('help' in options && typeof options.help === 'string') {
      process.stdout.write(options.help);
      return;
    }
    process.exitCode = await command(options as Options);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
