/** What `run.json` says of a run: all a report needs besides the findings. Written by the lab. */

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
  };
  cluster: {
    name: string;
    pid1: boolean;
    propagationDelayMs: number;
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
  durations: { buildMs: number | null; trialsMs: number | null };
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
