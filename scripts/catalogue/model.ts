/** What the rest of the lab knows of an app and a manifest. Made by `read.ts` from checked documents. */
import type { LabError } from '../support/errors.ts';

/** A command that must be there, in at least this version, to build or start an app. */
export interface Toolchain {
  /** As a reader calls it: `Go`. */
  name: string;
  /** Looked up on the PATH: `go`. */
  command: string;
  /** Lowest version that works: `1.24`. */
  atLeast: string;
  /** Prints the version somewhere in its output. */
  versionCommand: string[];
}

/** One folder of `apps/`. */
export interface Framework {
  /** The folder's name: `express`. */
  id: string;
  /** As its authors write it: `Express`. */
  name: string;
  language: string;
  homepage: string;
  /** Read from the lock file, never typed. */
  version: string;
  /** Absolute path of the folder. */
  folder: string;
  /** Controls prove the instrument; they are not rows of the table. */
  control: boolean;
  needs: Toolchain[];
  /** Shell script run with `sh -e` in a copy of the folder; empty where nothing is to be built. */
  build: string;
  variants: Variant[];
}

/** How the app's image is built and run. */
export interface ImageSettings {
  /** Build arguments of its Dockerfile. */
  args: Record<string, string>;
  /** In place of the image's own entry point, in exec form; undefined to leave that. */
  command: string[] | undefined;
  /** With which its server ends after SIGTERM as PID 1; 137 for one that has to be killed. */
  exitCode: number;
}

/** One way to run a framework: a row of the table. */
export interface Variant {
  /** `express/terminus` */
  id: string;
  framework: string;
  /** `terminus` */
  name: string;
  /** The HTTP server underneath: `Node.js http`. */
  server: string;
  /** What is switched on, in words a reader can act on. */
  setting: string;
  /** Start command in exec form, relative to the built folder. */
  start: string[];
  /** Environment that belongs to the setting. */
  env: Record<string, string>;
  /** About how long one process takes from its start until it answers, while others carry load. Only for estimates. */
  startUpMs: number;
  /** Load before the restart, so that the baseline is clean. */
  warmUpMs: number;
  /** Undefined when it cannot be run as an image. */
  image: ImageSettings | undefined;
  /** Only these scenarios; undefined means all, and an empty list none: such a variant is only probed. */
  scenarios: string[] | undefined;
}

export type ProbeAction =
  | { kind: 'httpGet'; path: string; port: number; headers: Record<string, string> }
  | { kind: 'tcpSocket'; port: number }
  | { kind: 'exec'; command: string[] };

/** A probe with Kubernetes' defaults filled in. */
export interface Probe {
  action: ProbeAction;
  initialDelayMs: number;
  periodMs: number;
  timeoutMs: number;
  successThreshold: number;
  failureThreshold: number;
}

export type PreStop = { kind: 'sleep'; durationMs: number } | { kind: 'exec'; command: string[] };

/** What the lab honours of a Deployment and its Service. */
export interface Manifest {
  /** Relative to the catalogue: `manifests/1-naive.yaml`. */
  file: string;
  /** The documents as they were written, for storage beside the results. */
  text: string;
  replicas: number;
  /** In pods, percentages resolved as Kubernetes does: surge up, unavailable down. */
  maxSurge: number;
  maxUnavailable: number;
  minReadyMs: number;
  /** `terminationGracePeriodSeconds` */
  graceMs: number;
  containerPort: number;
  servicePort: number;
  env: Record<string, string>;
  startupProbe: Probe | undefined;
  readinessProbe: Probe | undefined;
  livenessProbe: Probe | undefined;
  preStop: PreStop | undefined;
  /** `resources.limits.memory` of the container. */
  memoryLimitBytes: number | undefined;
  /** What the manifest states and the embedded cluster does not enforce: sentences for the reader. */
  limits: string[];
}

/** A manifest plus a request delay. */
export interface Scenario {
  /** `naive` */
  id: string;
  /** One line for the reader of the table. */
  title: string;
  manifest: Manifest;
  requestDelaySeconds: number;
  /** Left out unless it is asked for by its name. */
  onlyByName: boolean;
}

/** A folder of `apps/` that cannot be read as a framework. */
export interface BrokenApp {
  /** The folder's name. */
  id: string;
  /** Every problem of it, code `catalogue-invalid`. */
  error: LabError;
}

export interface Catalogue {
  frameworks: Framework[];
  broken: BrokenApp[];
  scenarios: Scenario[];
}

/** One rolling restart under load, or a sham: the same load and no restart. */
export interface Trial {
  /** `express/terminus/naive/1`: also its folder below the run. */
  id: string;
  kind: 'restart' | 'sham';
  variant: Variant;
  scenario: Scenario;
  /** 1 to `--repeat`. */
  repetition: number;
}

export interface Plan {
  seed: number;
  /** In the order in which they run. */
  trials: Trial[];
}
