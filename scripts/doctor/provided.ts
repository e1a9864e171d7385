import type { ProgramSearch } from '../support/provide.ts';
import type { Check } from './check.ts';

/** Where a program comes from, or would come from; `found` is undefined where it has to be made first. */
export function wayTo({ found, path, go, download }: ProgramSearch): Pick<Check, 'status' | 'detail'> {
  const notOnPath = path === undefined ? '' : ` (PATH: ${path})`;
  if (found) {
    const { version, program, source } = found;
    const detail = `${version} from the ${source}: ${program}${source === 'PATH' ? '' : notOnPath}`;
    return { status: 'ok', detail };
  }
  if ('version' in go) {
    return { status: 'ok', detail: `will be built with Go ${go.version} once, some minutes${notOnPath}` };
  }
  if ('url' in download) {
    return { status: 'ok', detail: `will be downloaded from ${download.url}${notOnPath}; Go: ${go.reason}` };
  }
  return { status: 'missing', detail: `cannot be had${notOnPath}; Go: ${go.reason}; ${download.reason}` };
}
