import { Option } from 'commander';
import { resolve } from 'node:path';
import {
  npmCommand,
  parseWords,
  pathOption,
  resultsOption,
  usage,
  wholeNumberOption,
  type Help,
} from './options.ts';
import { projectRoot } from './project.ts';

/** Options of `npm run probe`. */
export interface ProbeOptions {
  /** Id of a variant, or a command for the shell. */
  subject: { variant: string } | { command: string };
  /** How often every session is repeated. */
  repeat: number;
  /** Undefined to probe the states of connections. */
  sweep: { connections: number } | undefined;
  json: boolean;
  /** Absolute path of the folder with `apps/`, `manifests/` and `scenarios.yaml`. */
  catalogue: string;
  /** Absolute path of the folder for results. */
  results: string;
}

interface Parsed extends Pick<ProbeOptions, 'repeat' | 'catalogue' | 'results'> {
  command?: string;
  sweep?: boolean;
  connections?: number;
  json?: boolean;
}

/** As many as find a loss window of a third of a millisecond with 95 %. */
export const sweepConnections = 400;
const example = 'Write for example npm run probe -- gin/shutdown';

/**
 * Parses the words after `npm run probe --`. Relative folders are taken from the working folder.
 *
 * @throws LabError `usage` (exit code 64).
 */
export function parseProbeOptions(words: readonly string[]): ProbeOptions | Help {
  const command = probeCommand();
  const help = parseWords(command, words);
  if (help !== undefined) return help;
  const { command: typed, sweep, connections, json, ...options } = command.opts<Parsed>();
  if (connections !== undefined && !sweep) {
    throw usage(
      '--connections: expected together with --sweep, found alone. It says how many connections are swept',
    );
  }
  return {
    ...options,
    subject: subjectOf(command.args[0], typed),
    sweep: sweep ? { connections: connections ?? sweepConnections } : undefined,
    json: json ?? false,
    catalogue: resolve(options.catalogue),
    results: resolve(options.results),
  };
}

function subjectOf(variant: string | undefined, command: string | undefined): ProbeOptions['subject'] {
  if (variant !== undefined && command !== undefined) {
    throw usage(`--command: expected no variant beside it, found ${JSON.stringify(variant)}. Write only one`);
  }
  if (command !== undefined) return { command };
  if (variant !== undefined) return { variant };
  throw usage(`[variant]: expected a variant or --command, found neither. ${example}`);
}

function probeCommand() {
  return npmCommand(
    'probe',
    'Sends SIGTERM to one pod with connections in every state, and prints what each of them met.',
  )
    .argument('[variant]', 'id of a variant: gin/shutdown')
    .addOption(
      new Option(
        '--command <words>',
        'a command for the shell instead: any server that listens on HOST and PORT',
      ).argParser(textOption('--command', 'a command')),
    )
    .option(
      '--repeat <times>',
      'repetitions of every session',
      wholeNumberOption('--repeat', { from: 1, to: 100 }),
      1,
    )
    .option('--sweep', 'instead of the states: one request on each of many idle connections, around SIGTERM')
    .option(
      '--connections <number>',
      `of the sweep (default: ${String(sweepConnections)})`,
      wholeNumberOption('--connections', { from: 1, to: 10_000 }),
    )
    .option('--json', 'print JSON instead of text')
    .addOption(
      new Option('--catalogue <folder>', 'folder with apps/, manifests/ and scenarios.yaml')
        .argParser(pathOption('--catalogue', 'a folder'))
        .default(projectRoot, 'the project'),
    )
    .addOption(resultsOption());
}

/** Takes any text that is not empty. */
function textOption(flag: string, expected: string): (value: string) => string {
  return (value) => {
    if (value.trim() !== '') return value;
    throw usage(`${flag}: expected ${expected}, found ${JSON.stringify(value)}`);
  };
}
