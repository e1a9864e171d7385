/** `npm run table`: writes everything that is generated from the published runs; `--check` only looks. */
import { join } from 'node:path';
import { writeWhole } from './support/write-whole.ts';
import { generate, staleFiles } from './run/generate.ts';
import { publishRun } from './run/publish.ts';
import { openRun } from './run/stored-run.ts';
import { runCommandLine } from './support/command-line.ts';
import { exitCodes } from './support/errors.ts';
import { projectRoot } from './support/project.ts';
import { parseTableOptions } from './support/table-options.ts';

await runCommandLine(parseTableOptions, async ({ from, check, results }) => {
  const publication = { project: projectRoot, results: join(projectRoot, 'results') };
  if (from !== undefined && !check) await publishRun(openRun(from, results), publication);
  const generated = await generate(publication);
  const stale = staleFiles(generated);
  if (check) {
    for (const file of stale) process.stderr.write(`${file} is not up to date: npm run table writes it\n`);
    return stale.length === 0 ? exitCodes.done : exitCodes.fellShort;
  }
  for (const { file, content } of generated) {
    if (!stale.includes(file)) continue;
    writeWhole(file, content);
    process.stdout.write(`wrote ${file}\n`);
  }
  if (stale.length === 0) process.stdout.write('everything was up to date\n');
  return exitCodes.done;
});
