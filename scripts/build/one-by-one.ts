import { Listr } from 'listr2';
import { LabError, messageOf } from '../support/errors.ts';

/** What was built, and how long that took or how long it took to find it. */
export interface Built {
  cached: boolean;
  durationMs: number;
}

/** What became of a build: what was built, or a sentence for the reader where it cannot be run. */
export type Outcome<Artefact extends Built> =
  { artefact: Artefact } | { skipped: string } | { failed: string };

export interface BuildStep<Artefact extends Built> {
  /** Shown while it runs. */
  name: string;
  /** Of the frameworks or variants that it is for. */
  ids: string[];
  /** Throws a LabError where it fails. */
  build: (onProgress: (line: string) => void) => Promise<{ artefact: Artefact } | { skipped: string }>;
}

/** How everything is built that a run needs. */
export interface BuildAllOptions {
  signal: AbortSignal;
  /** Takes the log of each build. */
  logFolder: string;
  /** Shows no progress; otherwise a live list on a terminal and a line for each step elsewhere. */
  quiet?: boolean;
}

/**
 * Takes one step after the other, showing progress, and tells by id what became of each; one that fails does not
 * stop the others. Throws only the signal's reason and what is a defect of the lab.
 */
export async function buildOneByOne<Artefact extends Built>(
  steps: BuildStep<Artefact>[],
  { signal, quiet = false }: BuildAllOptions,
): Promise<Map<string, Outcome<Artefact>>> {
  const outcomes = new Map<string, Outcome<Artefact>>();
  const defects: unknown[] = [];
  const list = new Listr(
    steps.map((step) => ({
      title: step.name,
      enabled: () => !signal.aborted,
      task: async (_context: unknown, task: Progress) => {
        const tell = (outcome: Outcome<Artefact>) => step.ids.forEach((id) => outcomes.set(id, outcome));
        try {
          tell(await takeStep(step, task));
        } catch (error) {
          if (!(error instanceof LabError)) defects.push(error);
          tell({ failed: messageOf(error) });
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
      silentRendererCondition: quiet,
      rendererOptions: { collapseErrors: false, collapseSkips: false, formatOutput: 'truncate' },
    },
  );
  await list.run();
  signal.throwIfAborted();
  if (defects.length > 0) throw defects[0];
  return outcomes;
}

/** What the lab uses of listr2's task. */
interface Progress {
  title: string;
  output: string;
  skip: (message?: string) => void;
}

async function takeStep<Artefact extends Built>(
  { name, build }: BuildStep<Artefact>,
  task: Progress,
): Promise<Outcome<Artefact>> {
  const outcome = await build((line) => (task.output = line));
  if ('skipped' in outcome) {
    task.skip(outcome.skipped);
    return outcome;
  }
  const { cached, durationMs } = outcome.artefact;
  const how = cached ? 'from the cache' : 'built';
  task.title = `${name}: ${how} in ${(durationMs / 1000).toFixed(1)} s`;
  return outcome;
}
