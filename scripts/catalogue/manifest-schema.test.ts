import { expect, test } from 'vitest';
import { problemLines } from './testing/catalogue.ts';
import type { MalformedCase } from './testing/catalogue.ts';

const cases: MalformedCase[] = [
  {
    name: 'Recreate',
    from: '  strategy:\n',
    to: '  strategy:\n    type: Recreate\n',
    problems: [
      ':10:11 spec.strategy.type: expected RollingUpdate, found "Recreate". Recreate is not supported by the lab\'s embedded cluster: write RollingUpdate, or remove the line',
    ],
  },
  {
    name: 'strategy misspelt',
    from: '  strategy:\n',
    to: '  strategy:\n    type: RollingUpdates\n',
    problems: [
      ':10:11 spec.strategy.type: expected RollingUpdate, found "RollingUpdates". Did you mean RollingUpdate?',
    ],
  },
  {
    name: 'surge and unavailable both 0',
    from: 'maxSurge: 1',
    to: 'maxSurge: 0',
    problems: [
      ':10:51 spec.strategy.rollingUpdate.maxUnavailable: expected more than 0 where maxSurge is 0, found the number 0. With neither a pod more nor a pod less the restart cannot begin',
    ],
  },
  {
    name: 'surge and unavailable both 0 %',
    from: 'maxSurge: 1, maxUnavailable: 0',
    to: 'maxSurge: 0%, maxUnavailable: 0%',
    problems: [
      ':10:52 spec.strategy.rollingUpdate.maxUnavailable: expected more than 0 where maxSurge is 0, found "0%". With neither a pod more nor a pod less the restart cannot begin',
    ],
  },
  {
    name: 'surge in quotes',
    from: 'maxSurge: 1',
    to: 'maxSurge: "1"',
    problems: [
      ':10:32 spec.strategy.rollingUpdate.maxSurge: expected a whole number of pods from 0 or a percentage such as 25%, found "1"',
    ],
  },
  {
    name: 'surge negative',
    from: 'maxSurge: 1',
    to: 'maxSurge: -1',
    problems: [
      ':10:32 spec.strategy.rollingUpdate.maxSurge: expected a whole number of pods from 0 or a percentage such as 25%, found the number -1',
    ],
  },
  {
    name: 'more than all unavailable',
    from: 'maxUnavailable: 0',
    to: 'maxUnavailable: 150%',
    problems: [
      ':10:51 spec.strategy.rollingUpdate.maxUnavailable: expected a percentage up to 100%, found "150%"',
    ],
  },
  {
    name: 'replicas text',
    from: 'replicas: 5',
    to: 'replicas: five',
    problems: [':6:13 spec.replicas: expected a whole number of pods from 1 to 100, found "five"'],
  },
  {
    name: 'replicas 0',
    from: 'replicas: 5',
    to: 'replicas: 0',
    problems: [':6:13 spec.replicas: expected a whole number of pods from 1 to 100, found the number 0'],
  },
  {
    name: 'field misspelt',
    from: 'replicas: 5',
    to: 'replica: 5',
    problems: [
      ':6:3 spec.replica: expected one of replicas, selector, strategy, minReadySeconds, revisionHistoryLimit, progressDeadlineSeconds, template, found "replica". Did you mean replicas?',
    ],
  },
  {
    name: 'field not honoured',
    from: '      containers:',
    to: '      initContainers: []\n      containers:',
    problems: [
      ':16:7 spec.template.spec.initContainers: expected a field that the embedded cluster honours, found "initContainers". Not supported by the lab\'s embedded cluster: a pod is one process; remove it',
    ],
  },
  {
    name: 'field not honoured, in the container',
    from: '          image: hello:dev',
    to: '          image: hello:dev\n          command: [node]',
    problems: [
      ':19:11 spec.template.spec.containers[0].command: expected a field that the embedded cluster honours, found "command". Not supported by the lab\'s embedded cluster: the start command is that of app.yaml; remove it',
    ],
  },
  {
    name: 'two containers',
    from: '        - name: hello\n',
    to: '        - name: side\n          image: side\n          ports: [{ containerPort: 9 }]\n        - name: hello\n',
    problems: [
      ':17:9 spec.template.spec.containers: expected a list of exactly one container, found a list of 2',
    ],
  },
  {
    name: 'selector of Deployment',
    from: 'matchLabels: { app: hello }',
    to: 'matchLabels: { app: other }',
    problems: [
      ':8:25 spec.selector.matchLabels.app: expected the pods\' label app: hello, found "other". Give the selector and spec.template.metadata.labels the same value',
    ],
  },
  {
    name: 'selector of Service',
    from: '  selector: { app: hello }\n  ports',
    to: '  selector: { app: hello, tier: web }\n  ports',
    problems: [
      ':37:33 spec.selector.tier: expected the pods\' label tier: (none), found "web". Give the selector and spec.template.metadata.labels the same value',
    ],
  },
  {
    name: 'pods without labels',
    from: '      labels: { app: hello }',
    to: '      name: hello',
    problems: [
      ':8:25 spec.selector.matchLabels.app: expected the pods\' label app: (none), found "hello". Give the selector and spec.template.metadata.labels the same value',
      ':37:20 spec.selector.app: expected the pods\' label app: (none), found "hello". Give the selector and spec.template.metadata.labels the same value',
    ],
  },
];

test.each(cases)('Deployment: $name', async (malformed) => {
  const lines = await problemLines('manifests/hello.yaml', malformed);
  expect(lines).toEqual(malformed.problems.map((problem) => `manifests/hello.yaml${problem}`));
});
