import { nearest } from '../support/nearest.ts';
import { check } from './check.ts';
import type { Checked } from './check.ts';
import { isPresent, parseSource, problemAt, valueAt } from './document.ts';
import type { SourceDocument } from './document.ts';
import { fileProblem } from './files.ts';
import { unsupportedField } from './kubernetes-fields.ts';
import { containerPortOf, deploymentProblems, portProblems, selectorProblems } from './manifest-checks.ts';
import { deploymentSchema, serviceSchema } from './manifest-schema.ts';
import type { Manifest } from './model.ts';
import type { Problem } from './problem.ts';
import { resolveManifest } from './resolve-manifest.ts';

const kinds = ['Deployment', 'Service'] as const;
type Kind = (typeof kinds)[number];

/** Kinds that often stand beside a Deployment; others are only called unknown. */
const otherKinds = [
  'ConfigMap',
  'Secret',
  'Ingress',
  'Namespace',
  'Pod',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'List',
].concat([
  'CronJob',
  'ReplicaSet',
  'ServiceAccount',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'NetworkPolicy',
]);

/** What the embedded cluster honours of a file that `kubectl apply -f` takes, or every problem of it. */
export function manifestOf(
  file: string,
  text: string,
): { manifest: Manifest | undefined; problems: Problem[] } {
  const { documents, problems } = parseSource(file, text);
  const sorted = sortByKind(documents);
  problems.push(...sorted.problems);
  // A document that could not be read, or of a misspelt kind, may be the one that seems to be missing.
  if (problems.length === 0) problems.push(...missingKinds(file, sorted.byKind));
  const { Deployment: deployment, Service: service } = sorted.byKind;
  const checkedDeployment = deployment && check(deployment, deploymentSchema, unsupportedField);
  const checkedService = service && check(service, serviceSchema, unsupportedField);
  problems.push(...problemsOf(checkedDeployment), ...problemsOf(checkedService));
  if (deployment !== undefined) problems.push(...deploymentProblems(deployment));
  if (deployment !== undefined && service !== undefined)
    problems.push(...serviceProblems(deployment, service));
  if (problems.length > 0 || checkedDeployment?.value === undefined || checkedService?.value === undefined) {
    return { manifest: undefined, problems };
  }
  const manifest = resolveManifest({
    file,
    text,
    deployment: checkedDeployment.value,
    service: checkedService.value,
  });
  return { manifest, problems };
}

function problemsOf(checked: Checked<unknown> | undefined): Problem[] {
  return checked?.problems ?? [];
}

function sortByKind(documents: SourceDocument[]): {
  byKind: Partial<Record<Kind, SourceDocument>>;
  problems: Problem[];
} {
  const byKind: Partial<Record<Kind, SourceDocument>> = {};
  const problems: Problem[] = [];
  for (const document of documents) {
    const written = valueAt(document, ['kind']);
    const kind = kinds.find((candidate) => candidate === written);
    if (kind === undefined) {
      problems.push(otherKind(document, written));
    } else if (byKind[kind] !== undefined) {
      problems.push(
        problemAt(document, ['kind'], { expected: `one ${kind}`, found: 'a second one', hint: 'Remove it' }),
      );
    } else {
      byKind[kind] = document;
    }
  }
  return { byKind, problems };
}

function otherKind(document: SourceDocument, written: unknown): Problem {
  const expected = 'Deployment or Service';
  if (typeof document.value !== 'object' || Array.isArray(document.value)) {
    return problemAt(document, [], { expected: `a mapping of kind ${expected}` });
  }
  if (!isPresent(document, ['kind'])) return problemAt(document, ['kind'], { expected, hint: 'Add it' });
  if (typeof written !== 'string') return problemAt(document, ['kind'], { expected });
  const suggestion = nearest(written, [...kinds, ...otherKinds]);
  const known = suggestion === undefined || otherKinds.includes(suggestion);
  const hint = known
    ? "Not supported by the lab's embedded cluster; remove this document"
    : `Did you mean ${suggestion}?`;
  return problemAt(document, ['kind'], { expected, hint });
}

function missingKinds(file: string, byKind: Partial<Record<Kind, SourceDocument>>): Problem[] {
  const missing = kinds.filter((kind) => byKind[kind] === undefined);
  if (missing.length === kinds.length) {
    return [fileProblem(file, { expected: 'a Deployment and a Service', found: 'an empty file' })];
  }
  const hint = 'A manifest is one Deployment and one Service';
  return missing.map((kind) => fileProblem(file, { expected: `a ${kind}`, found: 'none', hint }));
}

function serviceProblems(deployment: SourceDocument, service: SourceDocument): Problem[] {
  const problems = selectorProblems(deployment, service, ['spec', 'selector']);
  const port = containerPortOf(deployment);
  const target = ['spec', 'ports', 0, 'targetPort'];
  const path = isPresent(service, target) ? target : ['spec', 'ports', 0, 'port'];
  problems.push(...portProblems(service, path, port));
  const namespace = valueAt(deployment, ['metadata', 'namespace']);
  if (namespace !== valueAt(service, ['metadata', 'namespace'])) {
    const expected = `the Deployment's namespace ${typeof namespace === 'string' ? namespace : '(none)'}`;
    problems.push(problemAt(service, ['metadata', 'namespace'], { expected }));
  }
  return problems;
}
