import path from 'node:path';
import { writeWhole } from '../support/write-whole.ts';
import { renderMarkdown } from './markdown.ts';
import type { RunReport } from './model.ts';

/** A report as JSON: one document whose keys do not depend on what was measured. */
export function renderJson(report: RunReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Writes `report.md` and `report.json` into the folder of the run. Throws `results-not-writable`. */
export function writeReport(folder: string, report: RunReport): void {
  writeWhole(path.join(folder, 'report.md'), renderMarkdown(report));
  writeWhole(path.join(folder, 'report.json'), renderJson(report));
}
