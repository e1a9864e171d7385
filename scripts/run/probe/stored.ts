import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { analyseProbe } from '../../analysis/probe/findings.ts';
import { analyseSweep } from '../../analysis/probe/sweep.ts';
import type { ProbedVariant } from '../../analysis/probed.ts';
import type { Catalogue } from '../../catalogue/model.ts';
import type { RowInfo, RunInfo } from '../../report/run-info.ts';
import { readProbeSession } from '../../timeline/read-probe.ts';
import { probeKey } from '../../catalogue/estimate.ts';
import { writeJson } from '../../support/write-whole.ts';
import { timed } from '../history.ts';
import { trialFolder } from '../stored-run.ts';

/** Shows that a sweep finds a loss window of a millisecond; there is nothing else to be seen of it. */
const windowControl = 'controls/window';

/** True for the control of the sweep. */
export function sweptOnly(variant: string): boolean {
  return variant === windowControl;
}

/** The variants that a run is to probe: the control of the sweep and other controls first, then its other rows. */
export function plannedProbes(
  rows: readonly Pick<RowInfo, 'variant' | 'control'>[],
  { frameworks }: Catalogue,
): string[] {
  const named = (control: boolean) =>
    rows.filter((row) => row.control === control).map(({ variant }) => variant);
  const controls = named(true);
  const hasWindow = frameworks.some(({ variants }) => variants.some(({ id }) => id === windowControl));
  return [...(hasWindow && controls.length > 0 ? [windowControl] : []), ...controls, ...named(false)];
}

/** Where the records of a variant's probe are, beside its trials; no scenario can have that name. */
function probeFolder(runFolder: string, variant: string): string {
  return join(trialFolder(runFolder, variant), '_probe');
}

/** Removes what an interrupted probe has left: half a probe proves nothing. Returns the folder. */
export function resetProbe(runFolder: string, variant: string): string {
  const folder = probeFolder(runFolder, variant);
  rmSync(folder, { recursive: true, force: true });
  return folder;
}

/** Keeps how long the probe of a variant took, for estimates. */
export function timeProbe(folder: string, variant: string, durationMs: number): void {
  writeJson(join(folder, 'probe.json'), timed(probeKey(variant), durationMs));
}

/** Analyses the stored records of a probe again; undefined for one that has not been finished. */
async function readProbed(runFolder: string, variant: string): Promise<ProbedVariant | undefined> {
  const folder = probeFolder(runFolder, variant);
  const stored = readStored(join(folder, 'findings.json'));
  if (stored === undefined || stored.failure !== null) return stored;
  const files = globSync('*.ndjson', { cwd: folder }).sort();
  const sessions = await Promise.all(files.map((file) => readProbeSession(join(folder, file))));
  const probes = sessions.filter(({ header }) => header.session !== 'sweep');
  return {
    variant,
    probe: probes.length === 0 ? null : analyseProbe(probes),
    sweep: analyseSweep(sessions),
    failure: null,
  };
}

function readStored(file: string): ProbedVariant | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { variant, failure } = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProbedVariant>;
    if (typeof variant !== 'string') return undefined;
    return { variant, probe: null, sweep: null, failure: failure ?? null };
  } catch {
    // Cut while it was written: the records are read, or the probe is done again.
    return undefined;
  }
}

/** Of all variants that the run has probed. */
export async function readAllProbed(runFolder: string, { probes = [] }: RunInfo): Promise<ProbedVariant[]> {
  const all = await Promise.all(probes.map((variant) => readProbed(runFolder, variant)));
  return all.filter((probed) => probed !== undefined);
}
