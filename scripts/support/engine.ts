import { execa } from 'execa';
import { LabError } from './errors.ts';
import { findProgram } from './program.ts';
import { timeouts } from './timeouts.ts';

/** The version of the container engine that answers, or a sentence for the reader saying why none does. */
export type EngineCheck = { version: string } | { reason: string };

/** Asks the daemon behind the `docker` command; whatever is wrong is the answer, nothing is thrown. */
export async function checkEngine(): Promise<EngineCheck> {
  if (findProgram('docker') === undefined) return { reason: 'the command docker is not on the PATH' };
  const result = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    reject: false,
    stdin: 'ignore',
    timeout: timeouts.engineAnswerMs,
    killSignal: 'SIGKILL',
  });
  if (result.timedOut)
    return { reason: `the container engine does not answer within ${timeouts.engineAnswerMs / 1000} s` };
  const version = result.stdout.trim();
  if (!result.failed && /^\d/.test(version)) return { version };
  return { reason: reasonIn(result.stderr.trim() || version) };
}

/** Throws a LabError `engine-missing` where no engine answers; resolves to its version. */
export async function requireEngine(): Promise<string> {
  const check = await checkEngine();
  if ('version' in check) return check.version;
  throw new LabError('engine-missing', `Images need a container engine: ${check.reason}.`);
}

/** What the command says of each cause begins with its own words and is long; the address in it is of use. */
function reasonIn(said: string): string {
  const address =
    /\b(?:unix|tcp|https?|ssh|npipe):\/\/[^\s:?]*[\w/](?::\d+)?/.exec(said)?.[0] ?? 'its socket';
  if (/permission denied/i.test(said))
    return `this user may not use the container engine at ${address} (permission denied): add it to the group docker and log in again`;
  if (/cannot connect|connection refused|is the docker daemon running/i.test(said))
    return `no container engine answers at ${address}: start it, or set DOCKER_HOST`;
  const firstLine = said.split('\n')[0] || 'no version';
  return `the command docker does not work here: ${firstLine}`;
}
