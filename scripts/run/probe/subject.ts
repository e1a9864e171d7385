import type { Framework, Manifest, Variant } from '../../catalogue/model.ts';
import { readCatalogue } from '../../catalogue/read.ts';
import { exitCodes, LabError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';

/** What is probed, and how a pod of it is started. */
export interface ProbeSubject {
  /** `gin/shutdown`, or the command. */
  id: string;
  /** `gin-shutdown`: its pods and the folder of its results are named after it. */
  base: string;
  /** Framework, version, server and setting in one line; '' for a command. */
  about: string;
  /** In exec form. */
  command: string[];
  /** Folder in which the command runs. */
  folder: string;
  env: { [name: string]: string };
  /** Undefined for a server that may know nothing of HOST. */
  port: number | undefined;
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
  memoryLimitBytes: number | undefined;
}

/** A variant that was named, with all that is needed to start a pod of it. */
export interface ChosenVariant {
  framework: Framework;
  variant: Variant;
  /** Says the port, the grace period and the environment. Its `preStop` plays no part: it ends before SIGTERM. */
  manifest: Manifest;
}

/**
 * Looks a variant up in the catalogue of a folder.
 *
 * @throws LabError `unknown-name` (exit code 64) naming the nearest name; `catalogue-invalid` (exit code 3) when
 * its app, or something that all share, cannot be read.
 */
export async function chooseVariant(root: string, name: string): Promise<ChosenVariant> {
  const { frameworks, broken, scenarios } = await readCatalogue(root);
  const unreadable = broken.find(({ id }) => id === name.split('/')[0]);
  if (unreadable) throw unreadable.error;
  for (const framework of frameworks) {
    const variant = framework.variants.find(({ id }) => id === name);
    const manifest = scenarios[0]?.manifest;
    if (variant && manifest) return { framework, variant, manifest };
  }
  throw unknownVariant(name, frameworks);
}

function unknownVariant(name: string, frameworks: Framework[]): LabError {
  const names = frameworks.flatMap(({ variants }) => variants.map(({ id }) => id));
  const ofFramework = names.find((candidate) => candidate.startsWith(`${name}/`));
  const sameVariant = names.find((candidate) => candidate.endsWith(`/${name}`));
  const suggestion = ofFramework ?? nearest(name, names) ?? sameVariant;
  const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  return new LabError(
    'unknown-name',
    `${JSON.stringify(name)}: expected the id of a variant, found none of that name.${hint} There are: ${names.join(', ')}`,
    { exitCode: exitCodes.usage },
  );
}

/** A variant as a Deployment with this manifest would start it; `artefact` is the folder of the built app. */
export function variantSubject(
  { framework, variant, manifest }: ChosenVariant,
  artefact: string,
): ProbeSubject {
  return {
    id: variant.id,
    base: variant.id.replace('/', '-'),
    about: `${framework.name} ${framework.version} on ${variant.server}: ${variant.setting}`,
    command: variant.start,
    folder: artefact,
    env: { ...manifest.env, ...variant.env, HELLO_REST_REQUEST_DELAY: '0' },
    port: manifest.containerPort,
    graceMs: manifest.graceMs,
    memoryLimitBytes: manifest.memoryLimitBytes,
  };
}
