/** `42 s`, `7 min 5 s`: how long something takes, to the second. */
export function minutesText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
