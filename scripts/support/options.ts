import { Command, CommanderError, Option } from 'commander';
import { join } from 'node:path';
import { LabError, exitCodes } from './errors.ts';
import { nearest } from './nearest.ts';
import { projectRoot } from './project.ts';

/** In place of options when the command line asks for help. To be printed; exit code 0. */
export interface Help {
  help: string;
}

/** A command as npm starts it, without the habits of commander that end the process or print. */
export function npmCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .helpOption('--help', 'print this text')
    .showSuggestionAfterError(false)
    .configureOutput({ getOutHelpWidth: () => 100 })
    .exitOverride();
}

/**
 * Parses the words that follow the command.
 *
 * @returns help when it was asked for, undefined when the command now has its options.
 * @throws LabError `usage` (exit code 64).
 */
export function parseWords(command: Command, words: readonly string[]): Help | undefined {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), writeErr: () => undefined });
  try {
    command.parse(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help };
    throw explain(command, error);
  }
}

function explain(command: Command, error: CommanderError): LabError {
  const all = `${command.name()} --help lists what there is`;
  const message = error.message.replace(/^error: /, '');
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const flag = quoted.split('=', 1)[0] ?? quoted;
      const flags = command.options.flatMap(({ long }) => long ?? []);
      if (flags.includes(flag))
        return usage(`${flag}: expected no value, found ${JSON.stringify(quoted)}. Write ${flag}`);
      const suggestion = nearest(flag, [...flags, '--help']);
      const hint = suggestion === undefined ? '' : `Did you mean ${suggestion}? `;
      return usage(`${flag}: expected an option of this command, found an unknown one. ${hint}${all}`);
    }
    case 'commander.excessArguments':
      return usage(
        `${excess(command)}: expected ${command.registeredArguments.length === 0 ? 'options only' : 'one argument'}, found more. ` +
          `npm passes options on only after two hyphens: ${command.name()} --name value. ${all}`,
      );
    case 'commander.optionMissingArgument':
      return usage(`${quoted}: expected a value, found none. Write one after the option. ${all}`);
    case 'commander.missingArgument':
      return usage(`<${quoted}>: expected a value, found none. Write ${command.name()} <${quoted}>. ${all}`);
    default:
      return usage(`${message}. ${all}`);
  }
}

function excess(command: Command): string {
  return JSON.stringify(command.args.slice(command.registeredArguments.length).join(' '));
}

/** An error of usage (code `usage`, exit code 64). */
export function usage(message: string): LabError {
  return new LabError('usage', message, { exitCode: exitCodes.usage });
}

/** Takes names separated by commas, of one or several uses of the option, each once. */
export function namesOption(flag: string): (value: string, previous?: string[]) => string[] {
  return (value, previous = []) => {
    const names = value.split(',').map((name) => name.trim());
    if (names.some((name) => name === '' || name.startsWith('-'))) {
      throw usage(
        `${flag}: expected names separated by commas, found ${JSON.stringify(value)}. Write for example ${flag} a,b`,
      );
    }
    return [...new Set([...previous, ...names])];
  };
}

/** Takes a whole number of a range; `why` is added to the message for a number outside of it. */
export function wholeNumberOption(
  flag: string,
  range: { from: number; to: number; why?: string },
): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= range.from && number <= range.to) return number;
    const why = range.why === undefined ? '' : `. ${range.why}`;
    throw usage(
      `${flag}: expected a whole number from ${range.from} to ${range.to}, found ${JSON.stringify(value)}. Write for example ${flag} ${range.from}${why}`,
    );
  };
}

/** Takes one of some words. */
export function choiceOption<Choice extends string>(
  flag: string,
  choices: readonly Choice[],
): (value: string) => Choice {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const what = choices.length === 1 ? choices[0] : `one of ${choices.join(', ')}`;
    const suggestion = nearest(value, choices) ?? choices[0];
    throw usage(`${flag}: expected ${what}, found ${JSON.stringify(value)}. Write ${flag} ${suggestion}`);
  };
}

/** Takes a path that is not empty and no option; `expected` names what it leads to. */
export function pathOption(flag: string, expected: string): (value: string) => string {
  return (value) => {
    if (value.trim() !== '' && !value.startsWith('-')) return value;
    throw usage(`${flag}: expected ${expected}, found ${JSON.stringify(value)}`);
  };
}

/** `--results <folder>`, the same in every command that reads or writes runs. */
export function resultsOption(): Option {
  return new Option('--results <folder>', 'folder of results')
    .argParser(pathOption('--results', 'a folder'))
    .default(join(projectRoot, 'results'), 'results/ of the project');
}
