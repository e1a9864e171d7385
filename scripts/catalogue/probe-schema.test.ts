import { expect, test } from 'vitest';
import { problemLines } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const cases: MalformedCase[] = [
  {
    name: 'grace as text',
    from: 'terminationGracePeriodSeconds: 15',
    to: 'terminationGracePeriodSeconds: 15s',
    problems: [
      ':15:38 spec.template.spec.terminationGracePeriodSeconds: expected a whole number of seconds from 1 to 3600, found "15s". Write the number alone: 15',
    ],
  },
  {
    name: 'grace 0',
    from: 'terminationGracePeriodSeconds: 15',
    to: 'terminationGracePeriodSeconds: 0',
    problems: [
      ':15:38 spec.template.spec.terminationGracePeriodSeconds: expected a whole number of seconds from 1 to 3600, found the number 0',
    ],
  },
  {
    name: 'preStop longer than grace',
    from: 'seconds: 2 }',
    to: 'seconds: 20 }',
    problems: [
      ':30:33 spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds: expected no more than terminationGracePeriodSeconds, which is 15, found the number 20',
    ],
  },
  {
    name: 'preStop with a unit',
    from: 'seconds: 2 }',
    to: 'seconds: 2s }',
    problems: [
      ':30:33 spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds: expected a whole number of seconds from 0, found "2s". Write the number alone: 2',
    ],
  },
  {
    name: 'preStop httpGet',
    from: 'sleep: { seconds: 2 }',
    to: 'httpGet: { path: /stop }',
    problems: [
      ':30:15 spec.template.spec.containers[0].lifecycle.preStop.httpGet: expected a field that the embedded cluster honours, found "httpGet". Not supported by the lab\'s embedded cluster; remove it',
    ],
  },
  {
    name: 'preStop empty',
    from: 'sleep: { seconds: 2 }',
    to: '{}',
    problems: [
      ':29:13 spec.template.spec.containers[0].lifecycle.preStop: expected exactly one of sleep, exec, found none of them',
    ],
  },
  {
    name: 'preStop with both',
    from: 'sleep: { seconds: 2 }',
    to: 'sleep: { seconds: 2 }\n              exec: { command: [sleep, "2"] }',
    problems: [
      ':29:13 spec.template.spec.containers[0].lifecycle.preStop: expected exactly one of sleep, exec, found sleep and exec',
    ],
  },
  {
    name: 'postStart',
    from: '            preStop:',
    to: '            postStart: {}\n            preStop:',
    problems: [
      ':29:13 spec.template.spec.containers[0].lifecycle.postStart: expected a field that the embedded cluster honours, found "postStart". Not supported by the lab\'s embedded cluster; remove it',
    ],
  },
  {
    name: 'probe on a wrong port',
    from: '{ path: /health, port: http }',
    to: '{ path: /health, port: 9090 }',
    problems: [
      ":24:45 spec.template.spec.containers[0].readinessProbe.httpGet.port: expected the container's port 8080 or http, found the number 9090",
    ],
  },
  {
    name: 'probe on a wrong port name',
    from: '{ path: /health, port: http }',
    to: '{ path: /health, port: web }',
    problems: [
      ':24:45 spec.template.spec.containers[0].readinessProbe.httpGet.port: expected the container\'s port 8080 or http, found "web"',
    ],
  },
  {
    name: 'probe without port',
    from: '{ path: /health, port: http }',
    to: '{ path: /health }',
    problems: [
      ':24:13 spec.template.spec.containers[0].readinessProbe.httpGet.port: expected a port number from 1 to 65535 or the name of a port, found nothing. Add it',
    ],
  },
  {
    name: 'probe without action',
    from: '            tcpSocket: { port: 8080 }',
    to: '            periodSeconds: 2',
    problems: [
      ':26:11 spec.template.spec.containers[0].livenessProbe: expected exactly one of httpGet, tcpSocket, exec, found none of them',
    ],
  },
  {
    name: 'probe with grpc',
    from: '            tcpSocket: { port: 8080 }',
    to: '            grpc: { port: 8080 }',
    problems: [
      ':27:13 spec.template.spec.containers[0].livenessProbe.grpc: expected a field that the embedded cluster honours, found "grpc". Not supported by the lab\'s embedded cluster; remove it',
    ],
  },
  {
    name: 'probe with HTTPS',
    from: '{ path: /health, port: http }',
    to: '{ path: /health, port: http, scheme: HTTPS }',
    problems: [
      ':24:59 spec.template.spec.containers[0].readinessProbe.httpGet.scheme: expected HTTP, found "HTTPS". HTTPS is not supported by the lab\'s embedded cluster: write HTTP, or remove the line',
    ],
  },
  {
    name: 'probe every 0 s',
    from: 'periodSeconds: 1',
    to: 'periodSeconds: 0',
    problems: [
      ':25:28 spec.template.spec.containers[0].readinessProbe.periodSeconds: expected a whole number of seconds from 1, found the number 0',
    ],
  },
  {
    name: 'probe every half second',
    from: 'periodSeconds: 1',
    to: 'periodSeconds: 0.5',
    problems: [
      ':25:28 spec.template.spec.containers[0].readinessProbe.periodSeconds: expected a whole number of seconds from 1, found the number 0.5',
    ],
  },
  {
    name: 'liveness with two successes',
    from: '            tcpSocket: { port: 8080 }',
    to: '            tcpSocket: { port: 8080 }\n            successThreshold: 2',
    problems: [
      ':28:31 spec.template.spec.containers[0].livenessProbe.successThreshold: expected 1 for a startup or liveness probe, found the number 2',
    ],
  },
  {
    name: 'probe field misspelt',
    from: 'periodSeconds: 1',
    to: 'periodSecond: 1',
    problems: [
      ':25:13 spec.template.spec.containers[0].readinessProbe.periodSecond: expected one of httpGet, tcpSocket, exec, initialDelaySeconds, periodSeconds, timeoutSeconds, successThreshold, failureThreshold, found "periodSecond". Did you mean periodSeconds?',
    ],
  },
];

test.each(cases)('probes and preStop: $name', async (malformed) => {
  const lines = await problemLines('manifests/hello.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `manifests/hello.yaml${problem}`));
});
