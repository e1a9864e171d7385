import fs from 'node:fs';
import path from 'node:path';
import { runSchema, type RunInfo } from '../report/run-info.ts';
import { commandLine } from '../support/command.ts';
import { exitCodes, LabError, messageOf } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { projectRoot } from '../support/project.ts';

/** Folder of a trial below the run's. */
export function trialFolder(runFolder: string, id: string): string {
  return path.join(runFolder, ...id.split('/'));
}

/** A run on disk. */
export interface StoredRun {
  /** Absolute path of its folder. */
  folder: string;
  info: RunInfo;
}

/**
 * Opens a run by id, by the path of its folder, or as `latest`.
 *
 * @throws LabError `unknown-run` (exit code 64) with the nearest id, `run-unreadable` for a damaged `run.json`.
 */
export function openRun(name: string, results: string): StoredRun {
  const folder = findRun(name, results);
  return { folder, info: readInfo(path.join(folder, 'run.json')) };
}

/**
 * The folder of a run given by id, by path, or as `latest`.
 *
 * @throws LabError `unknown-run` (exit code 64) with the nearest id.
 */
export function findRun(name: string, results: string): string {
  const runs = path.join(results, 'runs');
  const ids = storedIds(runs);
  const id = name === 'latest' ? ids.at(-1) : name;
  const candidates = id === undefined ? [] : [path.join(runs, id), path.resolve(id)];
  const folder = candidates.find((candidate) => fs.existsSync(path.join(candidate, 'run.json')));
  if (folder === undefined) throw unknownRun(name, { runs, ids });
  return folder;
}

/** What to type so that a run that has stopped goes on. */
export function resumeCommand(folder: string): string {
  const ownResults = path.join(projectRoot, 'results', 'runs');
  const run = path.dirname(folder) === ownResults ? path.basename(folder) : folder;
  return commandLine(['npm', 'run', 'lab', '--', '--resume', run]);
}

/** Ids begin with the time at which the run began, so their order is that of time. */
function storedIds(runs: string): string[] {
  if (!fs.existsSync(runs)) return [];
  return fs
    .readdirSync(runs)
    .filter((id) => fs.existsSync(path.join(runs, id, 'run.json')))
    .sort();
}

function unknownRun(name: string, { runs, ids }: { runs: string; ids: string[] }): LabError {
  const last = ids.at(-1);
  const hint =
    last === undefined
      ? 'There is none yet: npm run lab makes one'
      : `Did you mean ${nearest(name, [...ids, 'latest']) ?? last}? \`latest\` is ${last}`;
  return new LabError(
    'unknown-run',
    `${JSON.stringify(name)}: expected the id of a run in ${runs}, the folder of one, or latest; found no run.json there. ${hint}.`,
    { exitCode: exitCodes.usage },
  );
}

/** Reads and checks `run.json` so far as a report cannot do without it. */
export function readInfo(file: string): RunInfo {
  let info: Partial<RunInfo>;
  try {
    info = (JSON.parse(fs.readFileSync(file, 'utf8')) ?? {}) as Partial<RunInfo>;
  } catch (error) {
    throw unreadable(file, messageOf(error));
  }
  const lists = [info.rows, info.rowFailures, info.scenarios, info.trials];
  const parts = [info.options, info.cluster, info.versions, info.host];
  if (typeof info.schema !== 'number' || typeof info.id !== 'string') {
    throw unreadable(file, 'no schema or no id');
  }
  if (info.schema > runSchema) {
    throw unreadable(file, `schema ${info.schema}, but this version knows ${runSchema} at most`);
  }
  if (!lists.every(Array.isArray) || !parts.every((part) => typeof part === 'object')) {
    throw unreadable(file, 'a part of it missing');
  }
  return info as RunInfo;
}

function unreadable(file: string, found: string): LabError {
  return new LabError(
    'run-unreadable',
    `${file}: expected the description of a run, found ${found}. Without it the run cannot be reported; run the lab again.`,
  );
}
