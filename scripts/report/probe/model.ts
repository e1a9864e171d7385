import type { ProbeFindings } from '../../analysis/probe/model.ts';
import type { SweepFindings } from '../../analysis/probe/sweep.ts';

export const probeReportSchema = 1;

/** What `probe.json` says of a probe: all a report needs besides the findings. */
export interface ProbeInfo {
  schema: number;
  /** Its folder's name, e.g. `2026-11-21T10-15-30-gin-shutdown`. */
  id: string;
  /** `gin/shutdown`, or the command that was given. */
  variant: string;
  /** Framework, version, server and setting in one line; '' for a command. */
  about: string;
  /** ISO 8601, UTC. */
  started: string;
  /** Null while it runs, and for ever when the lab was killed or the app gave no answer. */
  finished: string | null;
  interrupted: boolean;
  /** True when pods are PID 1 of their own PID namespace, as in a container. */
  pid1: boolean;
  repeat: number;
  /** Null for a probe of the states of connections. */
  sweep: { connections: number } | null;
}

/** What is printed by `--json` and kept as `findings.json`. */
export type ProbeReport = { probe: ProbeInfo } & ({ findings: ProbeFindings } | { sweep: SweepFindings });
