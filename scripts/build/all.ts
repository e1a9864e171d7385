import { Listr } from 'listr2';
import type { Framework } from '../catalogue/model.ts';
import { LabError } from '../support/errors.ts';
import { buildFramework, type Artefact } from './native.ts';
import { checkNeeds } from './toolchains.ts';

/** What became of a framework: its artefact, or a sentence for the reader where it cannot be run. */
export type BuildOutcome = { artefact: Artefact } | { skipped: string } | { failed: string };

export interface BuildAllOptions {
  signal: AbortSignal;
  /** Logs are put here as `<framework>.log`. */
  logFolder: string;
  /** Shows no progress; otherwise a live list on a terminal and a line for each step elsewhere. */
  quiet?: boolean;
}

/**
 * Builds one framework after the other, showing progress, and tells by framework id what became of each. A
 * missing toolchain or an app that does not build does not stop the others. Throws only the signal's reason
 * and what is a defect of the lab.
 */
export async function buildAll(
  frameworks: Framework[],
  options: BuildAllOptions,
): Promise<Map<string, BuildOutcome>> {
  const outcomes = new Map<string, BuildOutcome>();
  const defects: unknown[] = [];
  const list = new Listr(
    frameworks.map((framework) => ({
      title: framework.id,
      enabled: () => !options.signal.aborted,
      task: async (_context: unknown, task: Progress) => {
        try {
          outcomes.set(framework.id, await buildOne(framework, task, options));
        } catch (error) {
          if (!(error instanceof LabError)) defects.push(error);
          outcomes.set(framework.id, { failed: error instanceof Error ? error.message : String(error) });
          throw error;
        }
      },
    })),
    {
      concurrent: false,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: 'default',
      fallbackRenderer: 'simple',
      silentRendererCondition: options.quiet ?? false,
      rendererOptions: { collapseErrors: false, collapseSkips: false, formatOutput: 'truncate' },
    },
  );
  await list.run();
  options.signal.throwIfAborted();
  if (defects.length > 0) throw defects[0];
  return outcomes;
}

/** What the lab uses of listr2's task. */
interface Progress {
  title: string;
  output: string;
  skip: (message?: string) => void;
}

async function buildOne(
  framework: Framework,
  task: Progress,
  { signal, logFolder }: BuildAllOptions,
): Promise<BuildOutcome> {
  const needs = await checkNeeds(framework.needs);
  if ('reason' in needs) {
    task.skip(needs.reason);
    return { skipped: needs.reason };
  }
  const artefact = await buildFramework(framework, {
    signal,
    logFolder,
    onProgress: (line) => (task.output = line),
  });
  const how = artefact.cached ? 'from the cache' : 'built';
  task.title = `${framework.id}: ${how} in ${(artefact.durationMs / 1000).toFixed(1)} s`;
  return { artefact };
}
