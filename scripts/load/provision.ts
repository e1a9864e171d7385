import {
  provideProgram,
  searchProgram,
  type ProgramSearch,
  type Provided,
  type ProvideOptions,
} from '../support/provide.ts';
import { k6 } from './k6-release.ts';

/** What is to be done to have k6, and why the better ways are not open. */
export interface K6Search extends Omit<ProgramSearch, 'found'> {
  /** Undefined when it has to be made first. */
  k6: Provided | undefined;
}

/** Looks for k6 without building or downloading it: on the PATH, then in the cache. */
export async function searchK6(): Promise<K6Search> {
  const { found, ...ways } = await searchProgram(k6);
  return { k6: found, ...ways };
}

/**
 * Finds k6 on the PATH or in the cache, else builds it with Go, else downloads a release that is pinned by
 * SHA-256. Throws a LabError `k6-missing` that names all three ways and why each failed, or the signal's reason.
 */
export function provideK6(options: ProvideOptions): Promise<Provided> {
  return provideProgram(k6, options);
}
