import { isDeepStrictEqual } from 'node:util';
import type { Fingerprints, RunInfo } from '../report/run-info.ts';
import { LabError } from '../support/errors.ts';

/**
 * Refuses to go on with a run when what it measures, or measures with, is no longer what it was: one table
 * must not mix the two.
 *
 * @throws LabError `run-changed` (exit code 3) with every difference, `run-without-fingerprints` (exit code 3).
 */
export function requireUnchanged(stored: RunInfo, now: RunInfo): void {
  const differences = differencesBetween(stored, now);
  if (differences.length === 0) return;
  throw new LabError(
    'run-changed',
    [
      `Run ${stored.id} cannot go on, because this changed since it began:`,
      ...differences.map((difference) => `  ${difference}`),
      'Undo the changes, or start a new run: npm run lab',
    ].join('\n'),
  );
}

/** One line for each difference that matters to a measurement. */
export function differencesBetween(stored: RunInfo, now: RunInfo): string[] {
  const found = [
    ...contentDifferences(fingerprintsOf(stored), fingerprintsOf(now)),
    ...factDifferences(factsOf(stored), factsOf(now)),
  ];
  if (found.length > 0 || isDeepStrictEqual(stored.trials, now.trials)) return found;
  return ['the plan: the same options and seed give other trials'];
}

function fingerprintsOf({ id, fingerprints }: RunInfo): Fingerprints {
  if (fingerprints) return fingerprints;
  throw new LabError(
    'run-without-fingerprints',
    `Run ${id} cannot go on: it was made by an older version of the lab, which did not note what it measured. Start a new run: npm run lab`,
  );
}

function contentDifferences(stored: Fingerprints, now: Fingerprints): string[] {
  const lab =
    stored.lab === now.lab
      ? []
      : ['the lab: scripts/ or package-lock.json changed, so it may measure otherwise'];
  return [
    ...hashDifferences(stored.frameworks, now.frameworks, {
      name: (id) => `apps/${id}`,
      parts: ['its files changed', 'app.yaml changed'],
    }),
    ...hashDifferences(stored.scenarios, now.scenarios, {
      name: (id) => `scenario ${id}`,
      parts: ['its manifest changed', 'scenarios.yaml changed'],
    }),
    ...lab,
  ];
}

interface Wording {
  name: (id: string) => string;
  /** What it means when a part of the hash differs. */
  parts: string[];
}

type Hashes = Record<string, string>;

function hashDifferences(stored: Hashes, now: Hashes, { name, parts }: Wording): string[] {
  const ids = [...new Set([...Object.keys(stored), ...Object.keys(now)])];
  return ids.flatMap((id) => {
    const [before, after] = [stored[id], now[id]];
    if (before === after) return [];
    if (before === undefined) return [`${name(id)}: is new`];
    if (after === undefined) return [`${name(id)}: is not there any more, or cannot be read`];
    const hashes = after.split('.');
    const changed = before.split('.').map((hash, index) => hash !== hashes[index]);
    return [`${name(id)}: ${parts.filter((_, index) => changed[index]).join(', ')}`];
  });
}

/** Versions and the machine, by the words for them. */
function factsOf({ versions, cluster, host }: RunInfo): Record<string, string> {
  return {
    ...Object.fromEntries(
      Object.entries(versions.toolchains).map(([name, version]) => [`${name} of the apps`, version]),
    ),
    'version of the lab': versions.lab,
    'Node.js of the lab': versions.node,
    k6: versions.k6,
    cluster: cluster.name,
    Kubernetes: cluster.kubernetes ?? 'none',
    'pods as PID 1': cluster.pid1 ? 'yes' : 'no',
    'propagation delay':
      cluster.propagationDelayMs === null ? 'measured' : `${cluster.propagationDelayMs} ms`,
    platform: host.platform,
    kernel: host.kernel,
    CPU: `${host.cpus} × ${host.cpuModel}`,
  };
}

/** A toolchain that only one of the two needs comes with a change of an `app.yaml`, which is told already. */
function factDifferences(stored: Record<string, string>, now: Record<string, string>): string[] {
  return Object.entries(stored).flatMap(([what, before]) => {
    const after = now[what];
    return after === undefined || after === before ? [] : [`${what}: was ${before}, is ${after}`];
  });
}
