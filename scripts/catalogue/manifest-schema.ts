import { z } from 'zod';
import { mapping, text, textMapping, wholeNumber } from './fields.ts';
import { memoryQuantity, onlyValue, podCount, podShare } from './kubernetes-values.ts';
import { portReference, preStopSchema, readinessProbeSchema, strictProbeSchema } from './probe-schema.ts';

const objectName = z
  .string('a name')
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name of lower-case letters, digits and hyphens');
const portNumber = wholeNumber('a port number from 1 to 65535', 1, 65535);
const portName = z
  .string('the name of a port')
  .regex(
    /^(?=.{1,15}$)[a-z0-9-]*[a-z][a-z0-9-]*$/,
    'a port name of up to 15 lower-case letters, digits and hyphens',
  );

const metadata = mapping({
  name: objectName,
  namespace: objectName.optional(),
  labels: textMapping.optional(),
  annotations: textMapping.optional(),
});

/** Labels that select pods: at least one, or every pod would be selected. */
export const selectorLabels = textMapping.refine((labels) => Object.keys(labels).length > 0, {
  error: 'at least one label',
});

const environmentVariable = mapping({
  name: text('the name of a variable').regex(/^[^=\s]+$/, 'the name of a variable'),
  value: z
    .string('text')
    .refine((value) => !/\$\([^)]+\)/.test(value), {
      error: 'text without $(NAME), which the embedded cluster does not expand',
    })
    .optional(),
});

/** `env` of the container. */
export const environmentSchema = z.array(environmentVariable, 'a list of names and values');

const onePort = 'a list of exactly one port';

/** `ports` of the container. */
export const containerPortsSchema = z
  .array(
    mapping({
      containerPort: portNumber,
      name: portName.optional(),
      protocol: onlyValue('TCP', ['UDP', 'SCTP']).optional(),
    }),
    onePort,
  )
  .length(1, onePort);

const container = mapping({
  name: objectName,
  image: text('the name of an image'),
  imagePullPolicy: z
    .enum(['Always', 'IfNotPresent', 'Never'], 'one of Always, IfNotPresent, Never')
    .optional(),
  ports: containerPortsSchema,
  env: environmentSchema.optional(),
  resources: z
    .looseObject(
      { limits: z.looseObject({ memory: memoryQuantity.optional() }, 'a mapping').optional() },
      'a mapping',
    )
    .optional(),
  securityContext: z.record(z.string(), z.unknown(), 'a mapping').optional(),
  startupProbe: strictProbeSchema.optional(),
  readinessProbe: readinessProbeSchema.optional(),
  livenessProbe: strictProbeSchema.optional(),
  lifecycle: mapping({ preStop: preStopSchema.optional() }).optional(),
});

/** `terminationGracePeriodSeconds`; 0 means deletion without a trace in Kubernetes, which is no restart. */
export const graceSchema = wholeNumber('a whole number of seconds from 1 to 3600', 1, 3600);

const oneContainer = 'a list of exactly one container';

const pod = mapping({
  terminationGracePeriodSeconds: graceSchema.optional(),
  securityContext: z.record(z.string(), z.unknown(), 'a mapping').optional(),
  containers: z.array(container, oneContainer).length(1, oneContainer),
});

/**
 * A Deployment. `revisionHistoryLimit` and `progressDeadlineSeconds` are taken and not used: the first
 * keeps old replica sets for an undo, the second only reports a rollout as failed; neither sends, ends or
 * delays a request.
 */
export const deploymentSchema = mapping({
  apiVersion: onlyValue('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: mapping({
    replicas: wholeNumber('a whole number of pods from 1 to 100', 1, 100).optional(),
    selector: mapping({ matchLabels: selectorLabels }),
    strategy: mapping({
      type: onlyValue('RollingUpdate', ['Recreate']).optional(),
      rollingUpdate: mapping({
        maxSurge: podCount.optional(),
        maxUnavailable: podShare.optional(),
      }).optional(),
    }).optional(),
    minReadySeconds: wholeNumber('a whole number of seconds from 0', 0).optional(),
    revisionHistoryLimit: wholeNumber('a whole number from 0', 0).optional(),
    progressDeadlineSeconds: wholeNumber('a whole number of seconds from 1', 1).optional(),
    template: mapping({ metadata: metadata.partial({ name: true }), spec: pod }),
  }),
});

/** A Service. */
export const serviceSchema = mapping({
  apiVersion: onlyValue('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: mapping({
    type: onlyValue('ClusterIP', ['NodePort', 'LoadBalancer', 'ExternalName']).optional(),
    selector: selectorLabels,
    ports: z
      .array(
        mapping({
          name: portName.optional(),
          port: portNumber,
          targetPort: portReference.optional(),
          protocol: onlyValue('TCP', ['UDP', 'SCTP']).optional(),
        }),
        onePort,
      )
      .length(1, onePort),
  }),
});

export type DeploymentDocument = z.infer<typeof deploymentSchema>;
export type ServiceDocument = z.infer<typeof serviceSchema>;
