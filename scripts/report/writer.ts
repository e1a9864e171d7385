import fs from 'node:fs';
import path from 'node:path';
import { LabError, messageOf } from '../support/errors.ts';
import { renderMarkdown } from './markdown.ts';
import type { RunReport } from './model.ts';

/** A report as JSON: one document whose keys do not depend on what was measured. */
export function renderJson(report: RunReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Writes `report.md` and `report.json` into the folder of the run. Throws `results-not-writable`. */
export function writeReport(folder: string, report: RunReport): void {
  writeResult(path.join(folder, 'report.md'), renderMarkdown(report));
  writeResult(path.join(folder, 'report.json'), renderJson(report));
}

/** Writes a whole file or nothing, and makes its folder. Throws `results-not-writable`. */
export function writeResult(file: string, content: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(`${file}.partial`, content);
    fs.renameSync(`${file}.partial`, file);
  } catch (error) {
    throw new LabError('results-not-writable', `Cannot write ${file}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
