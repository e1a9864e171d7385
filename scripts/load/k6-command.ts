import { basename, join } from 'node:path';
import { populations } from '../timeline/records.ts';
import type { LoadRequest } from './load.ts';

/** Files of one k6 run, in the folder of the load. */
export interface K6Files {
  /** A line for the start and one for the end of every request; k6's own counts at the end. */
  console: string;
  /** k6's own errors. */
  log: string;
}

/** Where k6's output goes in this folder. */
export function k6Files(folder: string): K6Files {
  return { console: join(folder, 'k6-console.ndjson'), log: join(folder, 'k6.log') };
}

/** What k6 runs. */
export const k6Script = join(import.meta.dirname, 'k6', 'script.ts');

/** Arguments of k6: no outputs but the lines of the script, to `console`, and its errors, to `log`. */
export function k6Arguments(paths: { script: string; console: string; log: string }): string[] {
  return [
    'run',
    '--quiet',
    '--no-color',
    '--no-usage-report',
    // k6 warns of every request that fails, which the script records already.
    `--log-output=file=${paths.log},level=error`,
    '--log-format=raw',
    `--console-output=${paths.console}`,
    paths.script,
  ];
}

/** What k6's environment says of the load, wherever it runs. */
export function k6Environment({ plan, url }: Pick<LoadRequest, 'plan' | 'url'>): { [name: string]: string } {
  const scriptPlan = {
    url: new URL('/', url).href,
    populations: populations.map((name) => ({
      name,
      ratePerSecond: plan.ratePerSecond[name],
      users: plan.users[name],
      maximumUsers: plan.maximumUsers[name],
    })),
    requestTimeoutMs: plan.requestTimeoutMs,
  };
  return { LOAD_PLAN: JSON.stringify(scriptPlan), K6_AUTO_EXTENSION_RESOLUTION: 'false' };
}

/** Arguments of k6 as a process of this machine, to be run in the folder of its log. */
export function k6ArgumentsHere(files: K6Files): string[] {
  // Its name only: the path of a folder may have a comma, which would end it.
  return k6Arguments({ script: k6Script, console: files.console, log: basename(files.log) });
}

/**
 * The whole environment of k6 as a process of this machine: the plan, and a home without a configuration file, so
 * that neither `K6_…` variables, proxies nor settings of the user change what is measured.
 */
export function k6EnvironmentHere(request: LoadRequest): { [name: string]: string } {
  const { folder } = request;
  return {
    ...k6Environment(request),
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
}
