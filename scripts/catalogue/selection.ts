import { LabError, exitCodes } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import type { Catalogue, Scenario, Variant } from './model.ts';

/**
 * The variants that `only` names, by framework (`express`) or variant (`express/terminus`); all where it
 * is empty. Controls are of every selection when `controls` is true, and of none but by name otherwise.
 *
 * @throws LabError `unknown-name` (exit code 64) naming the nearest name; `catalogue-invalid` (exit code 3) when
 * a named app cannot be read.
 */
export function selectVariants(catalogue: Catalogue, only: string[], controls: boolean): Variant[] {
  const names = catalogue.frameworks.flatMap(({ id, variants }) => [
    id,
    ...variants.map((variant) => variant.id),
  ]);
  const unreadable = catalogue.broken.find(({ id }) => only.some((name) => name.split('/')[0] === id));
  if (unreadable !== undefined) throw unreadable.error;
  for (const name of only) requireName({ what: 'framework or variant', option: '--only', name, names });
  return catalogue.frameworks.flatMap((framework) => {
    if (framework.control && controls) return framework.variants;
    const all = only.includes(framework.id) || (only.length === 0 && !framework.control);
    return framework.variants.filter((variant) => all || only.includes(variant.id));
  });
}

/**
 * The scenarios with these ids in the order of the catalogue; where `ids` is empty all but those that must be named.
 *
 * @throws LabError `unknown-name` (exit code 64) naming the nearest name.
 */
export function selectScenarios(catalogue: Catalogue, ids: string[]): Scenario[] {
  const names = catalogue.scenarios.map(({ id }) => id);
  for (const name of ids) requireName({ what: 'scenario', option: '--scenario', name, names });
  return catalogue.scenarios.filter(({ id, onlyByName }) =>
    ids.length === 0 ? !onlyByName : ids.includes(id),
  );
}

function requireName(wanted: { what: string; option: string; name: string; names: string[] }): void {
  const { what, option, name, names } = wanted;
  if (names.includes(name)) return;
  const sameVariant = names.find((candidate) => candidate.endsWith(`/${name}`));
  const suggestion = nearest(name, names) ?? sameVariant;
  const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  throw new LabError(
    'unknown-name',
    `${option}: expected the name of a ${what}, found ${JSON.stringify(name)}.${hint} There are: ${names.join(', ')}`,
    { exitCode: exitCodes.usage },
  );
}
