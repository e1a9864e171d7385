import fs from 'node:fs';
import path from 'node:path';
import { textOf } from '../../analysis/testing/synthetic.ts';
import { findingsOf, type SyntheticRun } from '../../report/testing/synthetic-run.ts';

/** Writes a made-up run as the lab would, and returns its folder. */
export function storeRun(results: string, run: SyntheticRun): string {
  const folder = path.join(results, 'runs', run.info.id);
  const findings = findingsOf(run);
  for (const [index, [id, records]] of [...run.trials].entries()) {
    const trialFolder = path.join(folder, ...id.split('/'));
    fs.mkdirSync(trialFolder, { recursive: true });
    fs.writeFileSync(path.join(trialFolder, 'timeline.ndjson'), textOf(records));
    fs.writeFileSync(path.join(trialFolder, 'findings.json'), JSON.stringify(findings[index], null, 2));
  }
  fs.writeFileSync(path.join(folder, 'run.json'), JSON.stringify(run.info));
  return folder;
}
