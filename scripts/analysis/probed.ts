import type { ProbeFindings } from './probe/model.ts';
import type { SweepFindings } from './probe/sweep.ts';

/** What the probe and the sweep of one variant say, or why there is neither. */
export interface ProbedVariant {
  /** `gin/shutdown` */
  variant: string;
  /** Null where only a sweep was planned, or it failed. */
  probe: ProbeFindings | null;
  sweep: SweepFindings | null;
  /** Why it could not be probed, in one line. */
  failure: string | null;
}
