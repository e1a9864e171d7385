import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import {
  choiceOption,
  pathOption,
  namesOption,
  npmCommand,
  parseWords,
  resultsOption,
  usage,
  wholeNumberOption,
} from './options.ts';
import type { Help } from './options.ts';
import { projectRoot } from './project.ts';

/** Places where pods can run. */
const clusterNames = ['embedded'] as const;

/** Options of `npm run lab`. */
export interface LabOptions {
  /** Ids of frameworks and variants; empty for all. */
  only: string[];
  /** Ids of scenarios; empty for all. */
  scenarios: string[];
  cluster: (typeof clusterNames)[number];
  /** Repetitions of every trial. */
  repeat: number;
  /** False where `repeat` is the default: a run that goes on has its own. */
  repeatGiven: boolean;
  /** Requests of all populations together. */
  ratePerSecond: number;
  /** Of the order of trials; undefined to draw one. */
  seed: number | undefined;
  list: boolean;
  json: boolean;
  controls: boolean;
  /** Whether each variant is probed as well. */
  probe: boolean;
  /** Absolute path of the folder with `apps/`, `manifests/` and `scenarios.yaml`. */
  catalogue: string;
  /** Absolute path of the folder for results. */
  results: string;
  /** Id or folder of a run that is to go on, or `latest`; undefined for a new run. */
  resume: string | undefined;
}

interface Parsed extends Pick<
  LabOptions,
  'cluster' | 'repeat' | 'controls' | 'probe' | 'catalogue' | 'results'
> {
  list?: boolean;
  json?: boolean;
  only?: string[];
  scenario?: string[];
  rate: number;
  seed?: number;
  /** True without a value. */
  resume?: string | true;
}

/** Options that say what a run is: one that goes on has them already. */
const fixedAtStart = ['only', 'scenario', 'cluster', 'rate', 'seed', 'controls', 'probe', 'catalogue'];

const rateWhy =
  'Below 100 requests/s in all, a control cannot be told from an app with less than 0.1 % false alarms.';

/**
 * Parses the words after `npm run lab --`. Relative folders are taken from the working folder.
 *
 * @throws LabError `usage` (exit code 64).
 */
export function parseLabOptions(words: readonly string[]): LabOptions | Help {
  const command = labCommand();
  const help = parseWords(command, words);
  if (help !== undefined) return help;
  const { scenario, rate, only, seed, list, json, resume, ...options } = command.opts<Parsed>();
  if (resume !== undefined) refuseFixed(command);
  return {
    ...options,
    only: only ?? [],
    scenarios: scenario ?? [],
    repeatGiven: command.getOptionValueSource('repeat') === 'cli',
    ratePerSecond: rate,
    seed,
    list: list ?? false,
    json: json ?? false,
    catalogue: resolve(options.catalogue),
    results: resolve(options.results),
    resume: resume === true ? 'latest' : resume,
  };
}

function refuseFixed(command: Command): void {
  const given = command.options
    .filter((option) => fixedAtStart.includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .flatMap(({ long }) => long ?? []);
  if (given.length === 0) return;
  throw usage(
    `--resume: expected no option that changes the run, found ${given.join(', ')}. A run goes on with the options it began with: leave ${given.length === 1 ? 'it' : 'them'} out, or start a new run without --resume`,
  );
}

function labCommand() {
  const range = { from: 100, to: 2000, why: rateWhy };
  return npmCommand('lab', 'Builds the apps, restarts them under load and prints which requests were lost.')
    .option(
      '--only <names>',
      'only these frameworks or variants: gin,express/terminus',
      namesOption('--only'),
    )
    .option('--scenario <names>', 'only these scenarios: naive,prestop', namesOption('--scenario'))
    .option(
      '--cluster <name>',
      `where pods run: ${clusterNames.join(', ')}`,
      choiceOption('--cluster', clusterNames),
      'embedded',
    )
    .option(
      '--repeat <times>',
      'repetitions of every trial; with --resume, as many in all',
      wholeNumberOption('--repeat', { from: 1, to: 100 }),
      1,
    )
    .option('--rate <requests>', 'requests/s in all, 100 to 2000', wholeNumberOption('--rate', range), 200)
    .option(
      '--seed <number>',
      'fixes the order of trials',
      wholeNumberOption('--seed', { from: 0, to: 2 ** 32 - 1 }),
    )
    .option('--list', 'print the plan and its estimated time, and run nothing')
    .option('--json', 'print JSON instead of text')
    .option('--no-controls', 'leave out the controls: the run then proves nothing about its instrument')
    .option('--no-probe', 'leave out the probes: the table then has no strategies')
    .addOption(
      new Option('--catalogue <folder>', 'folder with apps/, manifests/ and scenarios.yaml')
        .argParser(pathOption('--catalogue', 'a folder'))
        .default(projectRoot, 'the project'),
    )
    .addOption(
      new Option(
        '--resume [run]',
        'go on with a run: its id, its folder, or latest, which is the default',
      ).argParser(pathOption('--resume', 'a run')),
    )
    .addOption(resultsOption());
}
