import { appendFileSync, cpSync, globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../support/project.ts';

/** A variant of the toy app and how it behaves (see `scripts/cluster/testing/toy.mjs`). */
export interface ToyVariant {
  name: string;
  env?: { [name: string]: string };
  /** All by default. */
  scenarios?: string[];
}

/** What the manifest of a tiny catalogue may have otherwise. */
export interface TinyManifest {
  replicas?: number;
  /** `resources.limits.memory`, none by default. */
  memory?: string;
  /** Of container and Service. */
  port?: number;
  /** None by default. */
  preStopSeconds?: number;
}

export interface ToyFramework {
  id: string;
  variants?: ToyVariant[];
  build?: string;
  control?: boolean;
  needs?: { name: string; command: string; atLeast: string };
}

const manifest = ({ replicas = 2, memory, port = 8080, preStopSeconds }: TinyManifest) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  replicas: ${String(replicas)}
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      terminationGracePeriodSeconds: 3
      containers:
        - name: app
          image: app:dev
          ports: [{ name: http, containerPort: ${String(port)} }]${
            memory === undefined ? '' : `\n          resources: { limits: { memory: ${memory} } }`
          }${
            preStopSeconds === undefined
              ? ''
              : `\n          lifecycle: { preStop: { sleep: { seconds: ${String(preStopSeconds)} } } }`
          }
          startupProbe: { httpGet: { path: /health, port: http }, periodSeconds: 1, failureThreshold: 10 }
          readinessProbe: { httpGet: { path: /health, port: http }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: app }
spec: { selector: { app: app }, ports: [{ port: ${String(port)}, targetPort: http }] }
`;

function appYaml({
  id,
  variants = [{ name: 'server' }],
  build,
  needs,
  control = false,
}: ToyFramework): string {
  return JSON.stringify({
    name: id,
    language: 'JavaScript',
    server: 'Node.js http',
    homepage: 'https://nodejs.org',
    control,
    version: { file: 'VERSION', pattern: '(.+)' },
    needs: [needs ?? { name: 'Node.js', command: 'node', atLeast: '20' }],
    ...(build === undefined ? {} : { build }),
    warmUpSeconds: 1,
    variants: Object.fromEntries(
      variants.map(({ name, env = {}, scenarios }) => [
        name,
        { setting: name, start: ['node', 'toy.mjs'], env, ...(scenarios && { scenarios }) },
      ]),
    ),
  });
}

const toyFolder = join(projectRoot, 'scripts/cluster/testing');

/** Adds a scenario to a catalogue. */
export function writeScenario(
  root: string,
  { id, title, manifest: changes }: { id: string; title: string; manifest: TinyManifest },
): void {
  const file = `manifests/${id}.yaml`;
  appendFileSync(join(root, 'scenarios.yaml'), `${id}: { title: ${title}, manifest: ${file} }\n`);
  writeFileSync(join(root, file), manifest(changes));
}

/** Writes a catalogue with one scenario, `naive`, and two replicas; returns its folder. */
export function writeTinyCatalogue(frameworks: ToyFramework[], changes: TinyManifest = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'lab-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  mkdirSync(join(root, 'manifests'));
  writeScenario(root, { id: 'naive', title: 'no preStop hook', manifest: changes });
  for (const framework of frameworks) {
    // YAML is a superset of JSON.
    write(`apps/${framework.id}/app.yaml`, appYaml(framework));
    write(`apps/${framework.id}/VERSION`, '1.0.0');
    for (const file of globSync('toy*.mjs', { cwd: toyFolder }))
      cpSync(join(toyFolder, file), join(root, 'apps', framework.id, file));
  }
  return root;
}
