import { z } from 'zod';
import { partAt } from './check.ts';
import { isPresent, problemAt, valueAt } from './document.ts';
import type { Path, SourceDocument } from './document.ts';
import { reservedEnvironment, textMapping } from './fields.ts';
import { isZeroPods } from './kubernetes-values.ts';
import { containerPortsSchema, environmentSchema, graceSchema, selectorLabels } from './manifest-schema.ts';
import { portReference } from './probe-schema.ts';
import type { Problem } from './problem.ts';

const container: Path = ['spec', 'template', 'spec', 'containers', 0];

/** The one port of the container; undefined where the document does not say it properly. */
export interface ContainerPort {
  containerPort: number;
  name?: string | undefined;
}

/**
 * Checks that hold between parts of a Deployment. Each looks only at the parts it compares, so that it
 * reports also while another part is wrong.
 */
export function deploymentProblems(deployment: SourceDocument): Problem[] {
  const port = containerPortOf(deployment);
  return [
    ...selectorProblems(deployment, deployment, ['spec', 'selector', 'matchLabels']),
    ...rollingUpdateProblems(deployment),
    ...(['startupProbe', 'readinessProbe', 'livenessProbe'] as const).flatMap((name) =>
      probeProblems(deployment, [...container, name], port),
    ),
    ...preStopProblems(deployment),
    ...environmentProblems(deployment, port),
  ];
}

/** The one port that pods listen on; undefined where there is not exactly one container with one port. */
export function containerPortOf(deployment: SourceDocument): ContainerPort | undefined {
  if (isPresent(deployment, [...container.slice(0, -1), 1])) return undefined;
  return partAt(deployment, [...container, 'ports'], containerPortsSchema)?.[0];
}

/** Labels of a selector that the pods do not carry. */
export function selectorProblems(
  deployment: SourceDocument,
  selecting: SourceDocument,
  path: Path,
): Problem[] {
  const labels = partAt(deployment, ['spec', 'template', 'metadata', 'labels'], textMapping.optional());
  const selector = partAt(selecting, path, selectorLabels);
  if (selector === undefined || !isPresent(deployment, ['spec', 'template', 'metadata'])) return [];
  return Object.entries(selector)
    .filter(([name, value]) => labels?.[name] !== value)
    .map(([name]) =>
      problemAt(selecting, [...path, name], {
        expected: `the pods' label ${name}: ${labels?.[name] ?? '(none)'}`,
        hint: 'Give the selector and spec.template.metadata.labels the same value',
      }),
    );
}

/** A port that a probe or a Service names and the container does not have. */
export function portProblems(
  document: SourceDocument,
  path: Path,
  port: ContainerPort | undefined,
): Problem[] {
  const reference = partAt(document, path, portReference);
  if (reference === undefined || port === undefined) return [];
  if (reference === port.containerPort || reference === port.name) return [];
  const expected =
    port.name === undefined ? `${port.containerPort}` : `${port.containerPort} or ${port.name}`;
  const hint = path.at(-1) === 'targetPort' || path.includes('containers') ? '' : 'Add targetPort';
  return [problemAt(document, path, { expected: `the container's port ${expected}`, hint })];
}

function rollingUpdateProblems(deployment: SourceDocument): Problem[] {
  const path: Path = ['spec', 'strategy', 'rollingUpdate'];
  const bothZero = ['maxSurge', 'maxUnavailable'].every((name) =>
    isZeroPods(valueAt(deployment, [...path, name])),
  );
  if (!bothZero) return [];
  const expected = 'more than 0 where maxSurge is 0';
  const hint = 'With neither a pod more nor a pod less the restart cannot begin';
  return [problemAt(deployment, [...path, 'maxUnavailable'], { expected, hint })];
}

function probeProblems(deployment: SourceDocument, path: Path, port: ContainerPort | undefined): Problem[] {
  return [
    ...oneActionProblems(deployment, path, ['httpGet', 'tcpSocket', 'exec']),
    ...portProblems(deployment, [...path, 'httpGet', 'port'], port),
    ...portProblems(deployment, [...path, 'tcpSocket', 'port'], port),
    ...repeatedNames(deployment, [...path, 'httpGet', 'httpHeaders'], (name) => name.toLowerCase()),
  ];
}

const anyMapping = z.record(z.string(), z.unknown());
/** Also those that only Kubernetes has: their own message says so. */
const actions = ['httpGet', 'tcpSocket', 'exec', 'sleep', 'grpc'];

function oneActionProblems(document: SourceDocument, path: Path, honoured: string[]): Problem[] {
  const value = partAt(document, path, anyMapping);
  if (value === undefined) return [];
  const present = Object.keys(value).filter((key) => actions.includes(key));
  if (present.length === 1) return [];
  const found = present.length === 0 ? 'none of them' : present.join(' and ');
  return [
    problemAt(document, path, { expected: `exactly one of ${honoured.join(', ')}`, found, part: 'key' }),
  ];
}

function preStopProblems(deployment: SourceDocument): Problem[] {
  const path = [...container, 'lifecycle', 'preStop'];
  const problems = oneActionProblems(deployment, path, ['sleep', 'exec']);
  const grace = partAt(
    deployment,
    ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'],
    graceSchema.default(30),
  );
  const seconds = partAt(deployment, [...path, 'sleep', 'seconds'], z.int().min(0));
  if (grace === undefined || seconds === undefined || seconds <= grace) return problems;
  const expected = `no more than terminationGracePeriodSeconds, which is ${grace}`;
  return [...problems, problemAt(deployment, [...path, 'sleep', 'seconds'], { expected })];
}

function environmentProblems(deployment: SourceDocument, port: ContainerPort | undefined): Problem[] {
  const path = [...container, 'env'];
  const variables = partAt(deployment, path, environmentSchema) ?? [];
  const problems = repeatedNames(deployment, path, (name) => name);
  for (const [index, { name, value }] of variables.entries()) {
    if ((reservedEnvironment as readonly string[]).includes(name)) {
      const expected =
        'a variable that the lab does not set itself (HOST, HOSTNAME, HELLO_REST_REQUEST_DELAY)';
      problems.push(problemAt(deployment, [...path, index, 'name'], { expected, hint: 'Remove it' }));
    }
    if (name === 'PORT' && port !== undefined && value !== String(port.containerPort)) {
      const expected = `the container's port "${port.containerPort}", which the lab sets`;
      problems.push(
        problemAt(deployment, [...path, index, 'value'], { expected, hint: 'Remove the variable' }),
      );
    }
  }
  return problems;
}

const named = z.array(z.looseObject({ name: z.string() }));

function repeatedNames(document: SourceDocument, path: Path, normalize: (name: string) => string): Problem[] {
  const names = (partAt(document, path, named) ?? []).map(({ name }) => normalize(name));
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    return [
      problemAt(document, [...path, index, 'name'], {
        expected: 'each name once',
        hint: 'Remove one of the two',
      }),
    ];
  });
}
