import { manifestOf } from '../../catalogue/manifest.ts';
import type { Manifest } from '../../catalogue/model.ts';

/** What a test says of a manifest. */
export interface ToyManifest {
  replicas?: number;
  graceSeconds?: number;
  /** In YAML's flow style. */
  preStop?: string;
  /** Of the startup probe. */
  failureThreshold?: number;
}

/** A manifest for the toy, read as the lab reads one. */
export function toyManifest({
  replicas = 2,
  graceSeconds = 15,
  preStop,
  failureThreshold = 60,
}: ToyManifest = {}): Manifest {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: toy
spec:
  replicas: ${replicas}
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels: { app: toy }
  template:
    metadata:
      labels: { app: toy }
    spec:
      terminationGracePeriodSeconds: ${graceSeconds}
      containers:
        - name: toy
          image: toy:dev
          ports:
            - containerPort: 8080
          startupProbe:
            httpGet: { path: /health, port: 8080 }
            periodSeconds: 1
            failureThreshold: ${failureThreshold}
          readinessProbe:
            httpGet: { path: /health, port: 8080 }
            periodSeconds: 1
${preStop === undefined ? '' : `          lifecycle:\n            preStop: ${preStop}\n`}---
apiVersion: v1
kind: Service
metadata:
  name: toy
spec:
  selector: { app: toy }
  ports:
    - port: 8080
`;
  const { manifest, problems } = manifestOf('manifests/toy.yaml', text);
  if (manifest === undefined) throw new Error(JSON.stringify(problems));
  return manifest;
}
