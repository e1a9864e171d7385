import { expect, test } from 'vitest';
import { problemLines } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const cases: MalformedCase[] = [
  {
    name: 'other kind',
    from: 'kind: Service',
    to: 'kind: Ingress',
    problems: [
      ':33:7 kind: expected Deployment or Service, found "Ingress". Not supported by the lab\'s embedded cluster; remove this document',
    ],
  },
  {
    name: 'kind misspelt',
    from: 'kind: Deployment',
    to: 'kind: Deploymnet',
    problems: [':2:7 kind: expected Deployment or Service, found "Deploymnet". Did you mean Deployment?'],
  },
  {
    name: 'kind missing',
    from: 'kind: Service\n',
    to: '',
    problems: [':32:1 kind: expected Deployment or Service, found nothing. Add it'],
  },
  {
    name: 'old version of the API',
    from: 'apps/v1',
    to: 'extensions/v1beta1',
    problems: [':1:13 apiVersion: expected apps/v1, found "extensions/v1beta1". Write apps/v1'],
  },
  {
    name: 'two Deployments',
    from: 'kind: Service',
    to: 'kind: Deployment',
    problems: [':33:7 kind: expected one Deployment, found a second one. Remove it'],
  },
  {
    name: 'no Service',
    to: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: hello\nspec:\n  replicas: 5\n  selector:\n    matchLabels: { app: hello }\n  strategy:\n    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }\n  template:\n    metadata:\n      labels: { app: hello }\n    spec:\n      terminationGracePeriodSeconds: 15\n      containers:\n        - name: hello\n          image: hello:dev\n          ports:\n            - { name: http, containerPort: 8080 }\n          env:\n            - { name: MODE, value: fast }\n          readinessProbe:\n            httpGet: { path: /health, port: http }\n            periodSeconds: 1\n          livenessProbe:\n            tcpSocket: { port: 8080 }\n          lifecycle:\n            preStop:\n              sleep: { seconds: 2 }\n',
    problems: [': expected a Service, found none. A manifest is one Deployment and one Service'],
  },
  {
    name: 'Service in another namespace',
    from: '  name: hello\nspec:\n  selector',
    to: '  name: hello\n  namespace: other\nspec:\n  selector',
    problems: [':36:14 metadata.namespace: expected the Deployment\'s namespace (none), found "other"'],
  },
  {
    name: 'name in capitals',
    from: '  name: hello\nspec:\n  selector',
    to: '  name: Hello\nspec:\n  selector',
    problems: [
      ':35:9 metadata.name: expected a name of lower-case letters, digits and hyphens, found "Hello"',
    ],
  },
  {
    name: 'nothing',
    to: '---\n---\n',
    problems: [': expected a Deployment and a Service, found an empty file'],
  },
  {
    name: 'a list',
    to: '- a\n',
    problems: [':1:1: expected a mapping of kind Deployment or Service, found a list of 1'],
  },
  {
    name: 'key twice',
    from: 'replicas: 5',
    to: 'replicas: 5\n  replicas: 6',
    problems: [':7:3: expected each key once, found "replicas" again. Remove one of the two'],
  },
];

test.each(cases)('manifest: $name', async (malformed) => {
  const lines = await problemLines('manifests/hello.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `manifests/hello.yaml${problem}`));
});
