import { basename, join } from 'node:path';
import type { TrialFindings } from '../analysis/findings.ts';
import type { ProbedVariant } from '../analysis/probed.ts';
import type { Catalogue, Plan } from '../catalogue/model.ts';
import { makePlan } from '../catalogue/plan.ts';
import type { RunInfo } from '../report/run-info.ts';
import type { LabOptions } from '../support/lab-options.ts';
import { readRunCatalogue } from './controls.ts';
import { newRunId } from './run-id.ts';
import { findRun } from './stored-run.ts';

/** What a run is to do, before anything is written. */
export interface PlannedRun {
  id: string;
  /** `results/runs/<id>` */
  folder: string;
  options: LabOptions;
  catalogue: Catalogue;
  /** Every trial of the run. */
  plan: Plan;
  /** Those that have not been measured yet, in their order. */
  rest: Plan;
  /** Of the others. */
  kept: TrialFindings[];
  /** Of the probes that need not be done again. */
  probed: ProbedVariant[];
  /** What `run.json` says of a run that is taken up again. */
  stored?: RunInfo;
}

/** True for a run that is taken up again although nothing of it is missing. */
export function isComplete(planned: PlannedRun): planned is Required<PlannedRun> {
  return planned.stored !== undefined && planned.plan.trials.length === 0;
}

/** Where the results will be: a new folder, or that of the run to be taken up again. */
export function runFolder({ resume, results }: LabOptions): string {
  return resume === undefined ? join(results, 'runs', newRunId(new Date())) : findRun(resume, results);
}

/** Seeds are drawn small enough to be typed again. */
const drawSeed = () => Math.floor(Math.random() * 1_000_000);

/** Plans a new run. */
export async function planRun(options: LabOptions, folder: string): Promise<PlannedRun> {
  const catalogue = await readRunCatalogue(options);
  const plan = makePlan({ ...options, catalogue, seed: options.seed ?? drawSeed() });
  return { id: basename(folder), folder, options, catalogue, plan, rest: plan, kept: [], probed: [] };
}
