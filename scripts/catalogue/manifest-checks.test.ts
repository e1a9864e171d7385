import { expect, test } from 'vitest';
import { problemLines } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const cases: MalformedCase[] = [
  {
    name: 'port UDP',
    from: 'containerPort: 8080 }',
    to: 'containerPort: 8080, protocol: UDP }',
    problems: [
      ':20:60 spec.template.spec.containers[0].ports[0].protocol: expected TCP, found "UDP". UDP is not supported by the lab\'s embedded cluster: write TCP, or remove the line',
    ],
  },
  {
    name: 'port too large',
    from: 'containerPort: 8080 }',
    to: 'containerPort: 80800 }',
    problems: [
      ':20:44 spec.template.spec.containers[0].ports[0].containerPort: expected a port number from 1 to 65535, found the number 80800',
    ],
  },
  {
    name: 'two container ports',
    from: 'containerPort: 8080 }',
    to: 'containerPort: 8080 }\n            - { containerPort: 9090 }',
    problems: [
      ':20:13 spec.template.spec.containers[0].ports: expected a list of exactly one port, found a list of 2',
    ],
  },
  {
    name: 'Service to a wrong port',
    from: 'targetPort: http',
    to: 'targetPort: 9090',
    problems: [
      ":39:31 spec.ports[0].targetPort: expected the container's port 8080 or http, found the number 9090",
    ],
  },
  {
    name: 'Service without targetPort',
    from: ', targetPort: http',
    to: '',
    problems: [
      ":39:15 spec.ports[0].port: expected the container's port 8080 or http, found the number 80. Add targetPort",
    ],
  },
  {
    name: 'Service of another type',
    from: '  selector: { app: hello }\n  ports',
    to: '  type: LoadBalancer\n  selector: { app: hello }\n  ports',
    problems: [
      ':37:9 spec.type: expected ClusterIP, found "LoadBalancer". LoadBalancer is not supported by the lab\'s embedded cluster: write ClusterIP, or remove the line',
    ],
  },
  {
    name: 'Service without selector',
    from: '  selector: { app: hello }\n  ports',
    to: '  ports',
    problems: [':36:1 spec.selector: expected a mapping of names to text, found nothing. Add it'],
  },
  {
    name: 'environment number',
    from: 'value: fast',
    to: 'value: 8',
    problems: [
      ':22:36 spec.template.spec.containers[0].env[0].value: expected text, found the number 8. Quote it: "8"',
    ],
  },
  {
    name: 'environment from elsewhere',
    from: 'value: fast',
    to: 'valueFrom: {}',
    problems: [
      ':22:29 spec.template.spec.containers[0].env[0].valueFrom: expected a field that the embedded cluster honours, found "valueFrom". Not supported by the lab\'s embedded cluster: it takes names with plain values; remove it',
    ],
  },
  {
    name: 'environment with expansion',
    from: 'value: fast',
    to: 'value: $(POD_IP)',
    problems: [
      ':22:36 spec.template.spec.containers[0].env[0].value: expected text without $(NAME), which the embedded cluster does not expand, found "$(POD_IP)"',
    ],
  },
  {
    name: 'environment twice',
    from: '            - { name: MODE, value: fast }',
    to: '            - { name: MODE, value: fast }\n            - { name: MODE, value: slow }',
    problems: [
      ':23:23 spec.template.spec.containers[0].env[1].name: expected each name once, found "MODE". Remove one of the two',
    ],
  },
  {
    name: 'HOSTNAME set',
    from: 'name: MODE,',
    to: 'name: HOSTNAME,',
    problems: [
      ':22:23 spec.template.spec.containers[0].env[0].name: expected a variable that the lab does not set itself (HOST, HOSTNAME, HELLO_REST_REQUEST_DELAY), found "HOSTNAME". Remove it',
    ],
  },
  {
    name: 'PORT other than the container port',
    from: 'name: MODE, value: fast',
    to: 'name: PORT, value: "9090"',
    problems: [
      ':22:36 spec.template.spec.containers[0].env[0].value: expected the container\'s port "8080", which the lab sets, found "9090". Remove the variable',
    ],
  },
];

test.each(cases)('ports and environment: $name', async (malformed) => {
  const lines = await problemLines('manifests/hello.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `manifests/hello.yaml${problem}`));
});
