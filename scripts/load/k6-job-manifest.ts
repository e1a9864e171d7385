import { dirname } from 'node:path';
import { k6Arguments, k6Environment } from './k6-command.ts';
import type { LoadRequest } from './load.ts';

/** User of the official image. Stated as a number, so that the kubelet can see that it is not root. */
const k6User = 12_345;

export const k6Container = 'k6';
/** Beside k6, and there when k6 has ended: through it the lab reads what k6 wrote. */
export const readerContainer = 'reader';

/** Where k6 writes its records; both containers see it. */
export const recordsFile = '/records/console.ndjson';

/** Where k6 writes its own errors: the cluster keeps them in the pod's status. Only k6's container sees it. */
export const k6LogFile = '/dev/termination-log';

const releaseFile = `${dirname(recordsFile)}/begin`;

/** Lets k6 begin that is held; to be run in its container. */
export const releaseCommand = `: > ${releaseFile}`;

/** Far beyond any trial: ends the load of a lab that died and did not come back. */
const longestRunSeconds = 3600;

export interface JobSpec {
  /** Of the Job and of the ConfigMap. */
  name: string;
  image: string;
  /** Text of the script that k6 runs. */
  script: string;
  /** Whether k6 waits for `releaseCommand` before it begins. */
  held: boolean;
  load: Pick<LoadRequest, 'plan' | 'url'>;
}

/** Selects the pod of this Job. */
export function podSelector(name: string): string {
  return `app.kubernetes.io/instance=${name}`;
}

/** The Job that runs k6, and the ConfigMap with its script. */
export function jobManifest({ name, image, script, held, load }: JobSpec): object {
  const labels = {
    'app.kubernetes.io/name': 'k6',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': 'zero-downtime-lab',
  };
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels },
    immutable: true,
    data: { 'script.ts': script },
  };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: {
      // A load that broke off is no load: never begun again.
      backoffLimit: 0,
      activeDeadlineSeconds: longestRunSeconds,
      template: { metadata: { labels }, spec: podSpec({ name, image, held, load }) },
    },
  };
  return { apiVersion: 'v1', kind: 'List', items: [configMap, job] };
}

function podSpec({ name, image, held, load }: Omit<JobSpec, 'script'>): object {
  return {
    restartPolicy: 'Never',
    // k6 needs about 20 ms; whoever deletes the pod does not want to wait.
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    // Or a Service called `k6` would set variables that k6 takes for its own.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: k6User,
      runAsGroup: k6User,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // The reader first: it is there before k6 writes.
    containers: [reader(image), k6({ image, held, load })],
    volumes: [
      { name: 'script', configMap: { name } },
      { name: 'records', emptyDir: { sizeLimit: '1Gi' } },
    ],
  };
}

const unprivileged = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/**
 * Waits to be asked for the records. Not the log of the pod: to follow that takes a quarter of a processor from
 * containerd and kubelet at 200 requests/s, it blocks k6 when containerd is late, and it has no end that is safe from
 * rotation. A file costs nothing, is never late, and can be read on from any byte.
 */
function reader(image: string): object {
  return {
    name: readerContainer,
    image,
    imagePullPolicy: 'IfNotPresent',
    // PID 1 ends at SIGTERM only if it says so.
    command: ['sh', '-c', `trap 'exit 0' TERM; sleep ${longestRunSeconds} & wait`],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
    securityContext: unprivileged,
    volumeMounts: [{ name: 'records', mountPath: dirname(recordsFile), readOnly: true }],
  };
}

/** k6 becomes PID 1, as without it: signals are meant for it. */
const heldStart = `until [ -e ${releaseFile} ]; do sleep 0.05; done; exec "$0" "$@"`;

function k6({ image, held, load }: Pick<JobSpec, 'image' | 'held' | 'load'>): object {
  return {
    name: k6Container,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(held && { command: ['sh', '-c', heldStart, 'k6'] }),
    args: [
      ...k6Arguments({ script: '/load/script.ts', console: recordsFile, log: k6LogFile }),
      // The address of a Service does not change: no look-ups in the middle of a trial.
      '--dns=ttl=inf',
    ],
    env: Object.entries(k6Environment(load)).map(([variable, value]) => ({ name: variable, value })),
    // 100 MB at 200 requests/s; each user that k6 adds while requests hang takes 0.2 MB. It needs a third of a
    // processor; what it asks for is its weight against pods that start, which must not hold it up.
    resources: { requests: { cpu: '800m', memory: '256Mi' }, limits: { cpu: '2', memory: '2Gi' } },
    securityContext: unprivileged,
    // Without errors of its own, the last lines that it printed.
    terminationMessagePath: k6LogFile,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'script', mountPath: '/load', readOnly: true },
      { name: 'records', mountPath: dirname(recordsFile) },
    ],
  };
}
