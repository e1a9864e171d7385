import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseLabOptions } from './lab-options.ts';
import { projectRoot } from './project.ts';

const defaults = {
  only: [],
  scenarios: [],
  cluster: undefined,
  kubernetes: undefined,
  registry: undefined,
  keep: false,
  trigger: 'rolling-restart',
  repeat: 1,
  repeatGiven: false,
  ratePerSecond: 200,
  seed: undefined,
  list: false,
  json: false,
  controls: true,
  probe: true,
  catalogue: projectRoot,
  results: join(projectRoot, 'results'),
  resume: undefined,
};

const words = (line: string) => line.split(' ').filter((word) => word !== '');

test.each([
  { line: '', options: {} },
  { line: '--only gin', options: { only: ['gin'] } },
  {
    line: '--only gin,express/terminus --only controls,gin',
    options: { only: ['gin', 'express/terminus', 'controls'] },
  },
  { line: '--only=gin', options: { only: ['gin'] } },
  { line: '--scenario naive --scenario prestop', options: { scenarios: ['naive', 'prestop'] } },
  { line: '--cluster embedded', options: { cluster: 'embedded' } },
  { line: '--cluster kind --keep', options: { cluster: 'kind', keep: true } },
  {
    line: '--cluster context:a:b --registry ghcr.io/me',
    options: { cluster: 'context:a:b', registry: 'ghcr.io/me' },
  },
  { line: '--kubernetes v1.33.2', options: { cluster: 'kind', kubernetes: '1.33.2' } },
  { line: '--trigger drain', options: { trigger: 'drain' } },
  { line: '--repeat 100', options: { repeat: 100, repeatGiven: true } },
  { line: '--rate 100', options: { ratePerSecond: 100 } },
  { line: '--seed 0', options: { seed: 0 } },
  { line: '--seed 4294967295', options: { seed: 4294967295 } },
  { line: '--list --json --no-controls', options: { list: true, json: true, controls: false } },
  { line: '--catalogue other --results /tmp/r', options: { catalogue: resolve('other'), results: '/tmp/r' } },
  { line: '--resume', options: { resume: 'latest' } },
  { line: '--resume --json', options: { resume: 'latest', json: true } },
  { line: '--resume 2026-11-21T10-15-30 --list', options: { resume: '2026-11-21T10-15-30', list: true } },
  { line: '--results /tmp/r --resume=runs/a', options: { resume: 'runs/a', results: '/tmp/r' } },
  { line: '--resume latest --repeat 2', options: { resume: 'latest', repeat: 2, repeatGiven: true } },
  { line: '--resume latest --repeat 1', options: { resume: 'latest', repeatGiven: true } },
])('lab $line', ({ line, options }) => {
  expect(parseLabOptions(words(line))).toEqual({ ...defaults, ...options });
});

const all = 'npm run lab -- --help lists what there is';

test.each([
  {
    line: '--onyl gin',
    message: `--onyl: expected an option of this command, found an unknown one. Did you mean --only? ${all}`,
  },
  {
    line: '--lsit=3',
    message: `--lsit: expected an option of this command, found an unknown one. Did you mean --list? ${all}`,
  },
  { line: '--chaos', message: `--chaos: expected an option of this command, found an unknown one. ${all}` },
  { line: '-x', message: `-x: expected an option of this command, found an unknown one. ${all}` },
  { line: '--list=3', message: '--list: expected no value, found "--list=3". Write --list' },
  {
    line: 'gin naive',
    message: `"gin naive": expected options only, found more. npm passes options on only after two hyphens: npm run lab -- --name value. ${all}`,
  },
  {
    line: '--only',
    message: `--only <names>: expected a value, found none. Write one after the option. ${all}`,
  },
  {
    line: '--only --list',
    message: '--only: expected names separated by commas, found "--list". Write for example --only a,b',
  },
  {
    line: '--only gin,,x',
    message: '--only: expected names separated by commas, found "gin,,x". Write for example --only a,b',
  },
  {
    line: '--repeat 0',
    message: '--repeat: expected a whole number from 1 to 100, found "0". Write for example --repeat 1',
  },
  {
    line: '--repeat 101',
    message: '--repeat: expected a whole number from 1 to 100, found "101". Write for example --repeat 1',
  },
  {
    line: '--repeat 1.5',
    message: '--repeat: expected a whole number from 1 to 100, found "1.5". Write for example --repeat 1',
  },
  {
    line: '--rate 99',
    message:
      '--rate: expected a whole number from 100 to 2000, found "99". Write for example --rate 100. Below 100 requests/s in all, a control cannot be told from an app with less than 0.1 % false alarms.',
  },
  {
    line: '--seed -1',
    message: '--seed: expected a whole number from 0 to 4294967295, found "-1". Write for example --seed 0',
  },
  {
    line: '--cluster kid',
    message: '--cluster: expected kind, embedded or context:<name>, found "kid". Write --cluster kind',
  },
  {
    line: '--cluster context:',
    message:
      '--cluster: expected kind, embedded or context:<name>, found "context:". Write --cluster context:<name>, one of `kubectl config get-contexts`',
  },
  {
    line: '--cluster kind --kubernetes 1.34',
    message:
      '--kubernetes: expected a version of Kubernetes with three numbers, found "1.34". Write for example --kubernetes 1.34.4',
  },
  {
    line: '--cluster context:a --kubernetes 1.34.4',
    message:
      '--kubernetes: expected it with --cluster kind only, found --cluster context:a. A context has the version it has: leave it out',
  },
  {
    line: '--cluster embedded --kubernetes 1.34.4',
    message:
      '--kubernetes: expected it with --cluster kind only, found --cluster embedded. The embedded cluster is no Kubernetes: leave it out',
  },
  {
    line: '--registry ghcr.io/me',
    message:
      '--registry: expected it with --cluster context:<name> only, found no --cluster. Elsewhere images need no registry: leave it out',
  },
  {
    line: '--trigger restart',
    message:
      '--trigger: expected one of rolling-restart, delete-pod, scale-down, drain, found "restart". Write --trigger rolling-restart',
  },
  { line: '--catalogue --list', message: '--catalogue: expected a folder, found "--list"' },
  {
    line: '--resume --seed 7',
    message:
      '--resume: expected no option that changes the run, found --seed. A run goes on with the options it began with: leave it out, or start a new run without --resume',
  },
  {
    line: '--resume a --only gin --scenario naive --rate 200 --seed 7 --no-controls --no-probe --cluster embedded --catalogue .',
    message:
      '--resume: expected no option that changes the run, found --only, --scenario, --cluster, --rate, --seed, --no-controls, --no-probe, --catalogue. A run goes on with the options it began with: leave them out, or start a new run without --resume',
  },
  { line: '--resume=', message: '--resume: expected a run, found ""' },
])('lab $line is wrong', ({ line, message }) => {
  expect(() => parseLabOptions(words(line))).toThrow(
    expect.objectContaining({ code: 'usage', exitCode: 64, message }),
  );
});

test('lab --help', () => {
  expect(parseLabOptions(['--help'])).toMatchInlineSnapshot(`
    {
      "help": "Usage: npm run lab -- [options]

    Builds the apps, restarts them under load and prints which requests were lost.

    Options:
      --only <names>          only these frameworks or variants: gin,express/terminus
      --scenario <names>      only these scenarios: naive,prestop
      --cluster <name>        where pods run: kind, embedded or context:<name>; kind where a container
                              engine answers
      --kubernetes <version>  version of the kind cluster
      --registry <prefix>     where images for the nodes of a context are pushed to: ghcr.io/<you>
      --keep                  leave the kind cluster for the next run
      --trigger <name>        what ends pods: rolling-restart, delete-pod, scale-down, drain (default:
                              "rolling-restart")
      --repeat <times>        repetitions of every trial; with --resume, as many in all (default: 1)
      --rate <requests>       requests/s in all, 100 to 2000 (default: 200)
      --seed <number>         fixes the order of trials
      --list                  print the plan and its estimated time, and run nothing
      --json                  print JSON instead of text
      --no-controls           leave out the controls: the run then proves nothing about its instrument
      --no-probe              leave out the probes: the table then has no strategies
      --catalogue <folder>    folder with apps/, manifests/ and scenarios.yaml (default: the project)
      --resume [run]          go on with a run: its id, its folder, or latest, which is the default
      --results <folder>      folder of results (default: results/ of the project)
      --help                  print this text
    ",
    }
  `);
});
