import { basename, join } from 'node:path';
import { populations } from '../timeline/records.ts';
import type { LoadRequest } from './load.ts';

/** Files of one k6 run, in the folder of the load. */
export interface K6Files {
  /** A line for the start and one for the end of every request. */
  console: string;
  /** k6's own errors. */
  log: string;
  /** Requests started and dropped, written when k6 ends in order. */
  counts: string;
}

/** Where k6 writes in this folder. */
export function k6Files(folder: string): K6Files {
  return {
    console: join(folder, 'k6-console.ndjson'),
    log: join(folder, 'k6.log'),
    counts: join(folder, 'k6-counts.json'),
  };
}

/**
 * Arguments of k6, to be run in the folder of its log: no outputs but the lines of the script, its counts
 * and its errors.
 */
export function k6Arguments(files: K6Files): string[] {
  return [
    'run',
    '--quiet',
    '--no-color',
    '--no-usage-report',
    // k6 warns of every request that fails, which the script records already.
    `--log-output=file=${basename(files.log)},level=error`,
    '--log-format=raw',
    `--console-output=${files.console}`,
    join(import.meta.dirname, 'k6', 'script.ts'),
  ];
}

/**
 * The whole environment of k6: the plan, and a home without a configuration file, so that neither `K6_…`
 * variables, proxies nor settings of the user change what is measured.
 */
export function k6Environment(request: LoadRequest, files: K6Files): { [name: string]: string } {
  const { plan, url, folder } = request;
  const scriptPlan = {
    url: new URL('/', url).href,
    populations: populations.map((name) => ({
      name,
      ratePerSecond: plan.ratePerSecond[name],
      users: plan.users[name],
      maximumUsers: plan.maximumUsers[name],
    })),
    requestTimeoutMs: plan.requestTimeoutMs,
    countsFile: files.counts,
  };
  return {
    LOAD_PLAN: JSON.stringify(scriptPlan),
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
}
