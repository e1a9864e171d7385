/** One thing that `doctor` looked at. */
export interface Check {
  area: 'machine' | 'load' | 'cluster' | 'embedded' | 'apps' | 'disk';
  name: string;
  /** `limited`: the lab runs, with less; `missing`: it cannot run. */
  status: 'ok' | 'limited' | 'missing';
  /** What was found, and what follows from it. */
  detail: string;
}

/** What `doctor --json` prints. */
export interface Diagnosis {
  canRun: boolean;
  checks: Check[];
}

/** The lab can run unless something is missing. */
export function diagnosisOf(checks: Check[]): Diagnosis {
  return { canRun: checks.every(({ status }) => status !== 'missing'), checks };
}
