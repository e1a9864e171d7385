import { readCatalogue } from '../catalogue/read.ts';
import type { Catalogue } from '../catalogue/model.ts';
import type { LabOptions } from '../support/lab-options.ts';
import { projectRoot } from '../support/project.ts';

/**
 * Reads the catalogue of the options. The controls belong to the instrument: a catalogue without them gets
 * the lab's own, so far as it has the scenarios they run in.
 */
export async function readRunCatalogue(options: LabOptions): Promise<Catalogue> {
  const catalogue = await readCatalogue(options.catalogue);
  const complete = catalogue.frameworks.some((framework) => framework.control);
  if (complete || !options.controls) return catalogue;
  const own = await readCatalogue(projectRoot);
  const controls = own.frameworks.filter((framework) => framework.control);
  return { ...catalogue, frameworks: [...catalogue.frameworks, ...controls] };
}
