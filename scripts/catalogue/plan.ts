import { shuffler } from 'd3-array';
import { LabError, exitCodes } from '../support/errors.ts';
import { seededRandom } from '../support/random.ts';
import type { Catalogue, Plan, Scenario, Trial, Variant } from './model.ts';
import { selectScenarios, selectVariants } from './selection.ts';

/** What a run is to measure. */
export interface PlanRequest {
  catalogue: Catalogue;
  /** Ids of frameworks or variants; empty for all. */
  only: string[];
  /** Ids of scenarios; empty for all. */
  scenarios: string[];
  /** Repetitions of each trial, from 1. */
  repeat: number;
  /** Whole number that fixes the order. */
  seed: number;
  /** Whether the controls and the sham are part of the run. */
  controls: boolean;
}

/** The variant whose load without a restart shows that the instrument adds no failure. */
const shamVariant = 'controls/ideal';

/**
 * The trials in the order in which they run: first the sham, then for each repetition the variants in
 * random order, each with its scenarios together and in random order, so that a row of the table is
 * complete before the next begins while drifts of the machine fall on every row alike.
 *
 * @throws LabError `unknown-name` or `nothing-to-run` (exit code 64), `sham-missing` (exit code 3).
 */
export function makePlan(request: PlanRequest): Plan {
  const { catalogue, only, repeat, seed, controls } = request;
  const scenarios = selectScenarios(catalogue, request.scenarios);
  const variants = selectVariants(catalogue, only, controls);
  requireTrials(request, variants, scenarios);
  // A variant that is only probed must not change the order that a seed gives the others.
  const measured = variants.filter((variant) => !isOnlyProbed(variant));
  const shuffle = shuffler(seededRandom(seed));
  const trials = controls ? [shamTrial(catalogue, scenarios)] : [];
  for (let repetition = 1; repetition <= repeat; repetition += 1) {
    for (const variant of shuffle([...measured])) {
      const chosen = shuffle(scenarios.filter((scenario) => runsIn(variant, scenario)));
      trials.push(...chosen.map((scenario) => restartTrial(variant, scenario, repetition)));
    }
  }
  return { seed, trials };
}

function isOnlyProbed({ scenarios }: Variant): boolean {
  return scenarios?.length === 0;
}

function runsIn(variant: Variant, scenario: Scenario): boolean {
  return variant.scenarios?.includes(scenario.id) ?? true;
}

function restartTrial(variant: Variant, scenario: Scenario, repetition: number): Trial {
  return { id: `${variant.id}/${scenario.id}/${repetition}`, kind: 'restart', variant, scenario, repetition };
}

function shamTrial(catalogue: Catalogue, scenarios: Scenario[]): Trial {
  const variant = catalogue.frameworks
    .flatMap(({ variants }) => variants)
    .find(({ id }) => id === shamVariant);
  const [scenario] = scenarios;
  if (variant === undefined || scenario === undefined) {
    throw new LabError(
      'sham-missing',
      `apps/: expected the control ${shamVariant}, which proves the instrument, found none. Add it, or pass --no-controls`,
    );
  }
  return { id: `${shamVariant}/sham/1`, kind: 'sham', variant, scenario, repetition: 1 };
}

/** Each name of `only` must lead to a trial, or its absence from the table would go unexplained. */
function requireTrials({ only }: PlanRequest, variants: Variant[], scenarios: Scenario[]): void {
  const planned = variants.filter((variant) => scenarios.some((scenario) => runsIn(variant, scenario)));
  for (const name of only) {
    if (planned.some((variant) => variant.id === name || variant.framework === name)) continue;
    const named = variants.filter((variant) => variant.id === name || variant.framework === name);
    if (named.every(isOnlyProbed)) {
      const [first] = named;
      throw nothingToRun(`--only ${name}`, `${name} is only probed: npm run probe -- ${first?.id ?? name}`);
    }
    const ids = [...new Set(named.flatMap((variant) => variant.scenarios ?? []))].join(', ');
    throw nothingToRun(
      `--only ${name} --scenario ${scenarios.map(({ id }) => id).join(',')}`,
      `${name} runs only in ${ids}`,
    );
  }
  if (planned.length === 0) {
    const reason =
      variants.length === 0
        ? 'apps/ has no framework that is not a control'
        : `no variant runs in ${scenarios.map(({ id }) => id).join(', ')}`;
    throw nothingToRun('this selection', reason);
  }
}

function nothingToRun(selection: string, reason: string): LabError {
  const message = `${selection}: expected at least one trial, found none: ${reason}. Choose others; --list shows the plan`;
  return new LabError('nothing-to-run', message, { exitCode: exitCodes.usage });
}
