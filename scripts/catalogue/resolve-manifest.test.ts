import { describe, expect, test } from 'vitest';
import { resolveRollingUpdate } from './kubernetes-values.ts';
import { manifestOf } from './manifest.ts';
import { problemLine } from './problem.ts';
import { edit, validFiles } from './testing/catalogue.ts';

const valid = validFiles['manifests/hello.yaml'];

function manifest(text: string) {
  const { manifest: resolved, problems } = manifestOf('m.yaml', text);
  expect(problems.map(problemLine)).toEqual([]);
  if (resolved === undefined) throw new Error('expected a manifest');
  return resolved;
}

test('a manifest is resolved to milliseconds, pods and port numbers', () => {
  expect(manifest(valid)).toEqual({
    file: 'm.yaml',
    text: valid,
    replicas: 5,
    maxSurge: 1,
    maxUnavailable: 0,
    minReadyMs: 0,
    graceMs: 15_000,
    containerPort: 8080,
    servicePort: 80,
    env: { MODE: 'fast' },
    startupProbe: undefined,
    readinessProbe: {
      action: { kind: 'httpGet', path: '/health', port: 8080, headers: {} },
      initialDelayMs: 0,
      periodMs: 1000,
      timeoutMs: 1000,
      successThreshold: 1,
      failureThreshold: 3,
    },
    livenessProbe: {
      action: { kind: 'tcpSocket', port: 8080 },
      initialDelayMs: 0,
      periodMs: 10_000,
      timeoutMs: 1000,
      successThreshold: 1,
      failureThreshold: 3,
    },
    preStop: { kind: 'sleep', durationMs: 2000 },
    memoryLimitBytes: undefined,
    limits: [],
  });
});

test('defaults are those of Kubernetes', () => {
  const text = `apiVersion: v1
kind: Service
metadata: { name: hello }
spec: { selector: { app: hello }, ports: [{ port: 8080 }] }
---
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: hello }
spec:
  selector: { matchLabels: { app: hello } }
  template:
    metadata: { labels: { app: hello, tier: web } }
    spec:
      containers: [{ name: hello, image: hello, ports: [{ containerPort: 8080 }] }]
`;
  expect(manifest(text)).toMatchObject({
    replicas: 1,
    maxSurge: 1,
    maxUnavailable: 0,
    graceMs: 30_000,
    env: {},
  });
});

test('preStop must fit into the default grace too', () => {
  const text = edit(
    edit(valid, '      terminationGracePeriodSeconds: 15\n', ''),
    '{ seconds: 2 }',
    '{ seconds: 31 }',
  );
  expect(manifestOf('m.yaml', text).problems.map(problemLine)).toEqual([
    'm.yaml:29:33 spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds: expected no more than terminationGracePeriodSeconds, which is 30, found the number 31',
  ]);
});

test('exec, headers and a path without a slash are taken over', () => {
  const probe = '{ path: health, port: 8080, scheme: HTTP, httpHeaders: [{ name: X-Probe, value: "1" }] }';
  const text = edit(
    edit(valid, '{ path: /health, port: http }', probe),
    'sleep: { seconds: 2 }',
    'exec: { command: [sleep, "2"] }',
  );
  const resolved = manifest(text);
  expect(resolved.readinessProbe?.action).toEqual({
    kind: 'httpGet',
    path: '/health',
    port: 8080,
    headers: { 'X-Probe': '1' },
  });
  expect(resolved.preStop).toEqual({ kind: 'exec', command: ['sleep', '2'] });
});

test('what is stated and not enforced is a limit', () => {
  const fields =
    '          resources: { limits: { cpu: 1 } }\n          securityContext: { runAsNonRoot: true }\n';
  const text = edit(valid, '          image: hello:dev\n', `          image: hello:dev\n${fields}`);
  expect(manifest(text).limits).toMatchInlineSnapshot(`
    [
      "of resources only limits.memory is enforced by the embedded cluster",
      "securityContext is not enforced by the embedded cluster",
    ]
  `);
});

test.each([
  ['256Mi', 256 * 1024 * 1024],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['500M', 500_000_000],
  ['"1e6"', 1_000_000],
  ['64000k', 64_000_000],
  ['1048576', 1_048_576],
])('a memory limit of %s', (written, bytes) => {
  const resources = `          resources: { limits: { memory: ${written} } }\n`;
  const { memoryLimitBytes, limits } = manifest(
    edit(valid, '          image: hello:dev\n', `          image: hello:dev\n${resources}`),
  );
  expect({ memoryLimitBytes, limits }).toEqual({ memoryLimitBytes: bytes, limits: [] });
});

test.each(['256MiB', 'much', '0', '-1', '1e999', '[]'])('%s is no memory limit', (written) => {
  const resources = `          resources: { limits: { memory: ${written} } }\n`;
  const { problems } = manifestOf(
    'm.yaml',
    edit(valid, '          image: hello:dev\n', `          image: hello:dev\n${resources}`),
  );
  expect(problems.map(problemLine)).toEqual([
    expect.stringMatching(
      /^m\.yaml:19:\d+ .*limits\.memory: expected an amount of memory such as 256Mi, found/,
    ),
  ]);
});

describe('rolling update', () => {
  test.each([
    { replicas: 5, written: {}, pods: { maxSurge: 2, maxUnavailable: 1 } },
    {
      replicas: 5,
      written: { maxSurge: '30%', maxUnavailable: 0 },
      pods: { maxSurge: 2, maxUnavailable: 0 },
    },
    {
      replicas: 5,
      written: { maxSurge: 0, maxUnavailable: '10%' },
      pods: { maxSurge: 0, maxUnavailable: 1 },
    },
    {
      replicas: 4,
      written: { maxSurge: '100%', maxUnavailable: '50%' },
      pods: { maxSurge: 4, maxUnavailable: 2 },
    },
    { replicas: 10, written: { maxSurge: 3, maxUnavailable: 2 }, pods: { maxSurge: 3, maxUnavailable: 2 } },
    {
      replicas: 100,
      written: { maxSurge: '29%', maxUnavailable: '29%' },
      pods: { maxSurge: 29, maxUnavailable: 29 },
    },
  ])('$replicas replicas, $written', ({ replicas, written, pods }) => {
    expect(resolveRollingUpdate(replicas, written)).toEqual(pods);
  });
});
