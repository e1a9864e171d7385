/** A duration for `sleep` that nothing else on this machine sleeps for: processes are known by it. */
export function uniqueSeconds(): string {
  return `86${process.pid}.${Math.floor(Math.random() * 1e6)}`;
}
