/** `2026-11-21T10-15-30`: sorts by time and is a file name everywhere. */
export function newRunId(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(':', '-');
}
