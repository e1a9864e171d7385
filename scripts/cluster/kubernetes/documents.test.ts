import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manifestOf } from '../../catalogue/manifest.ts';
import { variantOf } from '../testing/variant.ts';
import { projectRoot } from '../../support/project.ts';
import { documentsOf } from './documents.ts';

const file = 'manifests/2-prestop.yaml';
const text = readFileSync(join(projectRoot, file), 'utf8');

function apply(written: string, changes: Partial<Parameters<typeof documentsOf>[0]> = {}) {
  const { manifest, problems } = manifestOf(file, written);
  expect(problems).toEqual([]);
  return documentsOf({
    variant: variantOf('express/terminus'),
    manifest: manifest!,
    env: {},
    image: 'lab/express:1',
    namespace: 'run',
    neverPull: false,
    ...changes,
  });
}

/** Lines that differ, as a diff shows them. */
function differences(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

test('only name, namespace, image and environment differ from what was written', () => {
  const applied = apply(text);
  expect(applied).toMatchObject({
    deployment: 'express-terminus',
    service: 'hello',
    labelSelector: 'app=hello',
  });
  expect(differences(text, applied.text)).toMatchInlineSnapshot(`
    [
      "-          image: zero-downtime-lab/app:dev",
      "+  name: express-terminus",
      "+  namespace: run",
      "+          image: lab/express:1",
      "+          env:",
      "+            - name: PORT",
      "+              value: "8080"",
      "+  namespace: run",
    ]
  `);
});

test('a command of the variant, and images that are never pulled', () => {
  const variant = variantOf('gin/shutdown', {
    image: { args: {}, command: ['/app/gin', '--fast'], exitCode: 0 },
  });
  const { text: applied } = apply(text, { variant, neverPull: true });
  expect(applied).toContain('command:\n            - /app/gin\n            - --fast\n');
  expect(applied).toContain('imagePullPolicy: IfNotPresent\n');
});

test('the environment of the manifest gives way to that of the variant, and that to the trial', () => {
  const written = text.replace(
    '          ports:\n',
    '          env:\n            - name: KEPT\n              value: "1"\n            - name: MODE\n              value: slow\n          ports:\n',
  );
  const variant = variantOf('gin/shutdown', { env: { MODE: 'fast', HELLO_REST_REQUEST_DELAY: '1' } });
  const { text: applied } = apply(written, { variant, env: { HELLO_REST_REQUEST_DELAY: '0.2' } });
  const names = [...applied.matchAll(/- name: ([A-Z_]+)\n\s+value: (\S+)/g)].map(
    ([, name, value]) => `${name}=${value}`,
  );
  expect(names).toEqual(['KEPT="1"', 'MODE=fast', 'PORT="8080"', 'HELLO_REST_REQUEST_DELAY="0.2"']);
});

test('a namespace in the manifest gives way to that of the run', () => {
  const written = text.replaceAll(
    'metadata:\n  name: hello\n',
    'metadata:\n  name: hello\n  namespace: shop\n',
  );
  expect(apply(written).text.match(/namespace: \S+/g)).toEqual(['namespace: run', 'namespace: run']);
});
