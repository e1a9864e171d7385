import { z } from 'zod';
import { mapping, text, wholeNumber, words } from './fields.ts';
import { onlyValue } from './kubernetes-values.ts';

/** A number, or the name of a port of the container. */
export const portReference = z.custom<number | string>(
  (value) =>
    (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535) ||
    (typeof value === 'string' && /^[a-z0-9-]*[a-z][a-z0-9-]*$/.test(value)),
  'a port number from 1 to 65535 or the name of a port',
);

const headerSchema = mapping({
  name: text('the name of a header').regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'the name of a header'),
  value: z.string('text'),
});

/** `httpGet` of a probe. */
const httpGetSchema = mapping({
  path: text('a path such as /health').optional(),
  port: portReference,
  scheme: onlyValue('HTTP', ['HTTPS']).optional(),
  httpHeaders: z.array(headerSchema, 'a list of headers').optional(),
});

/** `tcpSocket` of a probe. */
const tcpSocketSchema = mapping({ port: portReference });

/** `exec` of a probe and of `preStop`. */
const execSchema = mapping({ command: words('a list of words') });

const atLeastOne = 'a whole number from 1';

function probeSchemaWith(successThreshold: z.ZodType<number>) {
  return mapping({
    httpGet: httpGetSchema.optional(),
    tcpSocket: tcpSocketSchema.optional(),
    exec: execSchema.optional(),
    initialDelaySeconds: wholeNumber('a whole number of seconds from 0', 0).optional(),
    periodSeconds: wholeNumber('a whole number of seconds from 1', 1).optional(),
    timeoutSeconds: wholeNumber('a whole number of seconds from 1', 1).optional(),
    successThreshold: successThreshold.optional(),
    failureThreshold: wholeNumber(atLeastOne, 1).optional(),
  });
}

/** `readinessProbe` */
export const readinessProbeSchema = probeSchemaWith(wholeNumber(atLeastOne, 1));

/** `startupProbe` and `livenessProbe`, of which Kubernetes demands that one success is enough. */
export const strictProbeSchema = probeSchemaWith(wholeNumber('1 for a startup or liveness probe', 1, 1));

/** `lifecycle.preStop` */
export const preStopSchema = mapping({
  sleep: mapping({ seconds: wholeNumber('a whole number of seconds from 0', 0) }).optional(),
  exec: execSchema.optional(),
});

export type ProbeDocument = z.infer<typeof readinessProbeSchema>;
export type PreStopDocument = z.infer<typeof preStopSchema>;
