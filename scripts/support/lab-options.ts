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
import { nearest } from './nearest.ts';
import { projectRoot } from './project.ts';
import { triggers, type Trigger } from './trigger.ts';

/** Places where pods can run: the lab's own two, or a context of the user's kubeconfig. */
export type ClusterName = 'kind' | 'embedded' | `context:${string}`;

/** Options of `npm run lab`. */
export interface LabOptions {
  /** Ids of frameworks and variants; empty for all. */
  only: string[];
  /** Ids of scenarios; empty for all. */
  scenarios: string[];
  /** Undefined for kind where a container engine answers, else embedded. */
  cluster: ClusterName | undefined;
  /** Version of Kubernetes of the kind cluster; undefined for the lab's own choice. */
  kubernetes: string | undefined;
  /** Where images are pushed to that the nodes of a context are to have. */
  registry: string | undefined;
  /** Whether the kind cluster stays when the run is over. */
  keep: boolean;
  /** What ends pods. */
  trigger: Trigger;
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
  'repeat' | 'trigger' | 'controls' | 'probe' | 'catalogue' | 'results'
> {
  cluster?: ClusterName;
  kubernetes?: string;
  registry?: string;
  keep?: boolean;
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
const fixedAtStart = [
  'only',
  'scenario',
  'cluster',
  'kubernetes',
  'trigger',
  'rate',
  'seed',
  'controls',
  'probe',
  'catalogue',
];

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
  const { scenario, rate, only, seed, list, json, keep, resume, ...options } = command.opts<Parsed>();
  if (resume !== undefined) refuseFixed(command);
  return {
    ...options,
    ...clusterOf(options),
    keep: keep ?? false,
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

/** What is said of the cluster, as far as it goes together. */
function clusterOf({
  cluster,
  kubernetes,
  registry,
}: Partial<Pick<LabOptions, 'cluster' | 'kubernetes' | 'registry'>>) {
  if (kubernetes !== undefined && cluster !== undefined && cluster !== 'kind')
    throw usage(
      `--kubernetes: expected it with --cluster kind only, found --cluster ${cluster}. ${cluster === 'embedded' ? 'The embedded cluster is no Kubernetes' : 'A context has the version it has'}: leave it out`,
    );
  if (registry !== undefined && !cluster?.startsWith('context:'))
    throw usage(
      `--registry: expected it with --cluster context:<name> only, found ${cluster === undefined ? 'no --cluster' : `--cluster ${cluster}`}. Elsewhere images need no registry: leave it out`,
    );
  // Who wants a version of Kubernetes wants one.
  return { cluster: cluster ?? (kubernetes === undefined ? undefined : 'kind'), kubernetes, registry };
}

/** Takes `kind`, `embedded` or `context:<name>`. */
function clusterOption(value: string): ClusterName {
  if (value === 'kind' || value === 'embedded') return value;
  const [kind, name = ''] = value.split(/:(.*)/s);
  if (kind === 'context' && name !== '') return `context:${name}`;
  const suggestion = nearest(value, ['kind', 'embedded']) ?? 'kind';
  throw usage(
    `--cluster: expected kind, embedded or context:<name>, found ${JSON.stringify(value)}. Write --cluster ${kind === 'context' ? 'context:<name>, one of `kubectl config get-contexts`' : suggestion}`,
  );
}

function kubernetesOption(value: string): string {
  const version = /^v?(1\.\d+\.\d+)$/.exec(value)?.[1];
  if (version !== undefined) return version;
  throw usage(
    `--kubernetes: expected a version of Kubernetes with three numbers, found ${JSON.stringify(value)}. Write for example --kubernetes 1.34.4`,
  );
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

/** The options that say what is measured, and where. */
function whereAndWhat() {
  return npmCommand('lab', 'Builds the apps, restarts them under load and prints which requests were lost.')
    .option(
      '--only <names>',
      'only these frameworks or variants: gin,express/terminus',
      namesOption('--only'),
    )
    .option('--scenario <names>', 'only these scenarios: naive,prestop', namesOption('--scenario'))
    .option(
      '--cluster <name>',
      'where pods run: kind, embedded or context:<name>; kind where a container engine answers',
      clusterOption,
    )
    .option('--kubernetes <version>', 'version of the kind cluster', kubernetesOption)
    .option(
      '--registry <prefix>',
      'where images for the nodes of a context are pushed to: ghcr.io/<you>',
      pathOption('--registry', 'the beginning of names of images'),
    )
    .option('--keep', 'leave the kind cluster for the next run')
    .option(
      '--trigger <name>',
      `what ends pods: ${triggers.join(', ')}`,
      choiceOption('--trigger', triggers),
      'rolling-restart' as const,
    );
}

function labCommand() {
  const range = { from: 100, to: 2000, why: rateWhy };
  return whereAndWhat()
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
