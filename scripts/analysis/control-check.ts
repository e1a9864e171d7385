/** Whether the lab saw what a control is built to show. */
export interface ControlCheck {
  /** `controls/ideal` */
  control: string;
  scenario: string;
  kind: 'restart' | 'sham' | 'probe' | 'sweep';
  /** What must be seen, in words. */
  expectation: string;
  /** Null when its trial did not run. */
  passed: boolean | null;
  /** What was seen, with figures; or why there is nothing to see. */
  seen: string;
  /** Chance that the check fails though the lab works; null when it did not run, or for the reason in the basis. */
  falseAlarmRate: number | null;
  falseAlarmBasis: string;
}
