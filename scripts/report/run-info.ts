/** What `run.json` says of a run: all a report needs besides the findings. Written by the lab. */

import type { Trigger } from '../support/trigger.ts';

export const runSchema = 1;

export interface RunInfo {
  schema: number;
  /** Its folder's name, e.g. `2026-11-21T10-15-30`. */
  id: string;
  /** ISO 8601, UTC. */
  started: string;
  /** Null while it runs, and for ever when the lab was killed. */
  finished: string | null;
  interrupted: boolean;
  /** Of the order of trials. */
  seed: number;
  options: {
    only: string[];
    scenarios: string[];
    repeat: number;
    /** Of all populations together. */
    ratePerSecond: number;
    controls: boolean;
    /** What ended pods. Missing in older runs, which had rolling restarts only. */
    trigger?: Trigger;
    /** Folder of the apps, relative to the project. Missing in older runs. */
    catalogue?: string;
    /** Whether each variant was to be probed. Missing in older runs, which had no probe. */
    probe?: boolean;
  };
  cluster: {
    name: string;
    /** Version of Kubernetes; null where there is none. Missing in older runs. */
    kubernetes?: string | null;
    pid1: boolean;
    /** Null where it is not set, but measured. */
    propagationDelayMs: number | null;
    limits: string[];
    /** Why this cluster was chosen. */
    reasons: string[];
  };
  versions: {
    lab: string;
    node: string;
    k6: string;
    /** Of the toolchains that the measured apps need, by name. */
    toolchains: Record<string, string>;
  };
  host: {
    platform: string;
    kernel: string;
    cpuModel: string;
    cpus: number;
    memoryBytes: number;
  };
  /** In the order of the table's columns. */
  scenarios: { id: string; title: string }[];
  /** The variants of the plan, controls included, in the order of the catalogue. */
  rows: RowInfo[];
  /** Variants that could not be measured, and why. */
  rowFailures: { variant: string; reason: string }[];
  /** Ids of the planned trials, in the order in which they run. */
  trials: string[];
  /** Milliseconds of the stages; null for one that was not finished. */
  durations: { buildMs: number | null; probesMs?: number | null; trialsMs: number | null };
  /** The variants to be probed, in this order. Missing in older runs, and in those without probes. */
  probes?: string[];
  /** Of what the run measures and measures with, so that `--resume` mixes nothing. Missing in older runs. */
  fingerprints?: Fingerprints;
  /** Times at which an ended run was taken up again; ISO 8601, UTC. */
  resumed?: string[];
  /** How long each app took to build, or to be found built already. */
  builds?: BuildInfo[];
  /** Of variants that did not carry the rate of the run: what pre-tests found. */
  rates?: RateInfo[];
  /** Trials that were measured again because the machine stood still in them, and what tells that. */
  measuredAgain?: { trial: string; reason: string }[];
}

/** Hashes of contents. */
export interface Fingerprints {
  /** Of the lab's own code. */
  lab: string;
  /** Of the planned frameworks by id: `<of the files>.<of app.yaml>`. */
  frameworks: Record<string, string>;
  /** Of the planned scenarios by id: `<of the manifest>.<of what scenarios.yaml says>`. */
  scenarios: Record<string, string>;
}

/** The build of an app. */
export interface BuildInfo {
  framework: string;
  durationMs: number;
  /** True when nothing had changed since an earlier build. */
  cached: boolean;
}

/** What a pre-test found for a variant that did not carry the rate of the run in its warm-up. */
export interface RateInfo {
  variant: string;
  requestDelayMs: number;
  /** What the pre-test carried; the rate of the run was then the highest possible. */
  carriedPerSecond: number;
  /** What its trials send: half of that or less, by a fixed ladder; 0 when it is too slow to be measured. */
  ratePerSecond: number;
}

/** A variant as the table names it. */
export interface RowInfo {
  /** `express/terminus` */
  variant: string;
  /** `Express` */
  framework: string;
  server: string;
  version: string;
  setting: string;
  homepage: string;
  control: boolean;
  /** Ids of the scenarios in which it runs. */
  scenarios: string[];
}
