import { diagnosisOf } from './doctor/check.ts';
import { checkKubernetes } from './doctor/kubernetes.ts';
import { checkEmbedded, checkMachine } from './doctor/machine.ts';
import { renderDiagnosis } from './doctor/render.ts';
import { checkApps, checkDisk, checkLoad } from './doctor/tools.ts';
import { parseDoctorOptions } from './support/doctor-options.ts';
import { exitCodes, LabError } from './support/errors.ts';
import { projectRoot } from './support/project.ts';

/** Looks at everything the lab stands on and prints it; returns the exit code. */
async function doctor(words: string[]): Promise<number> {
  const options = parseDoctorOptions(words);
  if ('help' in options) {
    process.stdout.write(options.help);
    return exitCodes.done;
  }
  const diagnosis = diagnosisOf([
    ...checkMachine(),
    ...(await checkLoad()),
    ...(await checkKubernetes()),
    ...(await checkEmbedded()),
    ...(await checkApps(projectRoot)),
    ...(await checkDisk()),
  ]);
  const json = `${JSON.stringify(diagnosis, undefined, 2)}\n`;
  process.stdout.write(options.json ? json : renderDiagnosis(diagnosis));
  return diagnosis.canRun ? exitCodes.done : exitCodes.setUp;
}

try {
  process.exitCode = await doctor(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
