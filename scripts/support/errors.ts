/** Exit codes of every command. README lists them for users. */
export const exitCodes = {
  done: 0,
  /** The measured thing fell short (`gate`). */
  fellShort: 1,
  /** A control failed, or no trial was valid. */
  notProven: 2,
  setUp: 3,
  usage: 64,
  interrupted: 130,
} as const;

/**
 * An error whose message is all a user needs: what happened, where, and what to do. Commands print it
 * without a stack; any other error is a defect of the lab and keeps its stack.
 */
export class LabError extends Error {
  /** Stable, for tests and scripts, e.g. `k6-missing`. */
  readonly code: string;
  readonly exitCode: number;

  constructor(code: string, message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'LabError';
    this.code = code;
    this.exitCode = options.exitCode ?? exitCodes.setUp;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error such as `ENOENT`, or undefined. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
