import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LabError } from '../../support/errors.ts';
import { readCatalogue } from '../read.ts';

const app = `name: Express
language: JavaScript
server: Node.js http
homepage: https://expressjs.com
version:
  file: package-lock.json
  pattern: '"version": "([^"]+)"'
needs:
  - { name: Node.js, command: node, atLeast: "24" }
build: npm ci
warmUpSeconds: 1.5
variants:
  bare:
    setting: no signal handler
    start: [node, bare.js]
  close:
    setting: server.close()
    start: [node, close.js]
    server: Node.js http2
    env: { MODE: fast }
    scenarios: [naive]
`;

const scenarios = `naive:
  title: no preStop hook
  manifest: manifests/hello.yaml
slow:
  title: requests take 0.2 s
  manifest: manifests/hello.yaml
  requestDelaySeconds: 0.2
`;

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello
spec:
  replicas: 5
  selector:
    matchLabels: { app: hello }
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  template:
    metadata:
      labels: { app: hello }
    spec:
      terminationGracePeriodSeconds: 15
      containers:
        - name: hello
          image: hello:dev
          ports:
            - { name: http, containerPort: 8080 }
          env:
            - { name: MODE, value: fast }
          readinessProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 1
          livenessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 2 }
---
apiVersion: v1
kind: Service
metadata:
  name: hello
spec:
  selector: { app: hello }
  ports:
    - { port: 80, targetPort: http }
`;

/** A small catalogue without problems: what tests begin with. */
export const validFiles = {
  'apps/express/app.yaml': app,
  'apps/express/package-lock.json': '{ "name": "x", "version": "5.1.0" }',
  'scenarios.yaml': scenarios,
  'manifests/hello.yaml': manifest,
} as const;

/** A folder with these files; removed when it is disposed of. */
export async function writeCatalogue(
  files: Record<string, string | Uint8Array | undefined>,
): Promise<{ root: string } & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'catalogue-'));
  for (const [file, content] of Object.entries(files)) {
    if (content === undefined) continue;
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** Replaces a part that occurs exactly once, so that a case cannot pass because its edit had no effect. */
export function edit(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} occurs ${parts.length - 1} times`);
  return parts.join(to);
}

/** One malformed document: `from` is replaced by `to`, or the whole text when there is no `from`. */
export interface MalformedCase {
  name: string;
  from?: string;
  to: string;
  /** Files beside those of the valid catalogue. */
  files?: Record<string, string | Uint8Array>;
  /** The problems as messages have them, without the name of the file. */
  problems: string[];
}

/** Lines of the error that reading the valid catalogue with one changed file ends with. */
export async function problemLines(
  file: keyof typeof validFiles,
  { from, to, files = {} }: MalformedCase,
): Promise<string[]> {
  const text = from === undefined ? to : edit(validFiles[file], from, to);
  await using catalogue = await writeCatalogue({ ...validFiles, ...files, [file]: text });
  const error: unknown = await readCatalogue(catalogue.root).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LabError)) throw new Error('expected a LabError', { cause: error });
  return error.message.split('\n').slice(1);
}
