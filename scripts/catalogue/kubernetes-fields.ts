import type { Path } from './document.ts';

/**
 * Fields that Kubernetes 1.34 has and the embedded cluster does not honour, by the place they stand in,
 * so that a message can tell them from words that nobody knows.
 * https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/
 */
const unsupportedFields: { place: RegExp; fields: string }[] = [
  { place: /^$/, fields: 'status' },
  {
    place: /(^|\.)metadata$/,
    fields:
      'generateName uid resourceVersion generation creationTimestamp deletionTimestamp ownerReferences finalizers managedFields deletionGracePeriodSeconds selfLink',
  },
  { place: /^spec$/, fields: 'paused clusterIP clusterIPs externalIPs externalName externalTrafficPolicy' },
  {
    place: /^spec$/,
    fields:
      'internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges allocateLoadBalancerNodePorts healthCheckNodePort publishNotReadyAddresses sessionAffinity sessionAffinityConfig trafficDistribution',
  },
  { place: /^spec\.selector$/, fields: 'matchExpressions' },
  { place: /^spec\.ports$/, fields: 'appProtocol nodePort' },
  {
    place: /^spec\.template\.spec$/,
    fields:
      'activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets initContainers nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain tolerations topologySpreadConstraints volumes',
  },
  {
    place: /\.containers$/,
    fields:
      'args command envFrom resizePolicy restartPolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir',
  },
  { place: /\.containers\.ports$/, fields: 'hostIP hostPort' },
  { place: /\.containers\.env$/, fields: 'valueFrom' },
  { place: /\.containers\.lifecycle$/, fields: 'postStart stopSignal' },
  { place: /\.preStop$/, fields: 'httpGet tcpSocket' },
  { place: /(startup|readiness|liveness)Probe$/, fields: 'grpc terminationGracePeriodSeconds' },
  { place: /Probe\.(httpGet|tcpSocket)$/, fields: 'host' },
];

const reasons: Record<string, string> = {
  args: 'the start command is that of app.yaml',
  command: 'the start command is that of app.yaml',
  envFrom: 'it takes names with plain values',
  valueFrom: 'it takes names with plain values',
  initContainers: 'a pod is one process',
  ephemeralContainers: 'a pod is one process',
  host: 'probes go to the pod',
};

/** Why the embedded cluster does not take a field of Kubernetes, as a hint; undefined for any other word. */
export function unsupportedField(path: Path, key: string): string | undefined {
  const place = path.filter((part) => typeof part !== 'number').join('.');
  const known = unsupportedFields.some(
    (entry) => entry.place.test(place) && entry.fields.split(' ').includes(key),
  );
  if (!known) return undefined;
  const reason = Object.hasOwn(reasons, key) ? `: ${reasons[key]}` : '';
  return `Not supported by the lab's embedded cluster${reason}; remove it`;
}

/** Hint for a value that Kubernetes takes and the embedded cluster does not. */
export function unsupportedValue(value: string, instead: string): string {
  return `${value} is not supported by the lab's embedded cluster: write ${instead}, or remove the line`;
}
