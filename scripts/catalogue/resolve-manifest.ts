import { bytesOf, resolveRollingUpdate } from './kubernetes-values.ts';
import type { DeploymentDocument, ServiceDocument } from './manifest-schema.ts';
import type { Manifest, PreStop, Probe, ProbeAction } from './model.ts';
import type { PreStopDocument, ProbeDocument } from './probe-schema.ts';

type Pod = DeploymentDocument['spec']['template']['spec'];
type Container = Pod['containers'][number];

/** Fills in Kubernetes' defaults, names and units. The documents must have been checked. */
export function resolveManifest(documents: {
  file: string;
  text: string;
  deployment: DeploymentDocument;
  service: ServiceDocument;
}): Manifest {
  const { file, text, deployment, service } = documents;
  const { spec } = deployment;
  const pod = spec.template.spec;
  const container = first(pod.containers);
  const containerPort = first(container.ports).containerPort;
  const replicas = spec.replicas ?? 1;
  const probe = (written: ProbeDocument | undefined) => written && resolveProbe(written, containerPort);
  return {
    file,
    text,
    replicas,
    ...resolveRollingUpdate(replicas, spec.strategy?.rollingUpdate ?? {}),
    minReadyMs: (spec.minReadySeconds ?? 0) * 1000,
    graceMs: (pod.terminationGracePeriodSeconds ?? 30) * 1000,
    containerPort,
    servicePort: first(service.spec.ports).port,
    env: Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value ?? ''])),
    startupProbe: probe(container.startupProbe),
    readinessProbe: probe(container.readinessProbe),
    livenessProbe: probe(container.livenessProbe),
    preStop: container.lifecycle?.preStop && resolvePreStop(container.lifecycle.preStop),
    memoryLimitBytes: memoryLimitOf(container),
    limits: limitsOf(deployment, pod, container),
  };
}

/** Defaults: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe */
function resolveProbe(written: ProbeDocument, containerPort: number): Probe {
  return {
    action: resolveAction(written, containerPort),
    initialDelayMs: (written.initialDelaySeconds ?? 0) * 1000,
    periodMs: (written.periodSeconds ?? 10) * 1000,
    timeoutMs: (written.timeoutSeconds ?? 1) * 1000,
    successThreshold: written.successThreshold ?? 1,
    failureThreshold: written.failureThreshold ?? 3,
  };
}

/** Checks have made sure that any port, by name or number, is the container's one. */
function resolveAction({ httpGet, exec }: ProbeDocument, port: number): ProbeAction {
  if (httpGet !== undefined) {
    const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    const path = httpGet.path ?? '/';
    return { kind: 'httpGet', path: path.startsWith('/') ? path : `/${path}`, port, headers };
  }
  return exec === undefined ? { kind: 'tcpSocket', port } : { kind: 'exec', command: exec.command };
}

function resolvePreStop({ sleep, exec }: PreStopDocument): PreStop | undefined {
  if (sleep !== undefined) return { kind: 'sleep', durationMs: sleep.seconds * 1000 };
  return exec && { kind: 'exec', command: exec.command };
}

function memoryLimitOf({ resources }: Container): number | undefined {
  const memory = resources?.limits?.memory;
  return memory === undefined ? undefined : bytesOf(memory);
}

function hasOtherResources({ resources = {} }: Container): boolean {
  // Requests reserve room on a node: on one machine there is nothing to do about them.
  const others = Object.keys(resources).filter((name) => !['limits', 'requests'].includes(name));
  const otherLimits = Object.keys(resources.limits ?? {}).filter((name) => name !== 'memory');
  return others.length + otherLimits.length > 0;
}

function limitsOf(deployment: DeploymentDocument, pod: Pod, container: Container): string[] {
  const limits: string[] = [];
  if (hasOtherResources(container)) {
    limits.push('of resources only limits.memory is enforced by the embedded cluster');
  }
  if (container.securityContext !== undefined || pod.securityContext !== undefined) {
    limits.push('securityContext is not enforced by the embedded cluster');
  }
  if (deployment.metadata.namespace !== undefined) {
    limits.push('the embedded cluster has no namespaces');
  }
  return limits;
}

function first<Item>(items: Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('a checked document has one item here');
  return item;
}
