import type { ProbeExit } from '../../analysis/probe/model.ts';
import { describeExit } from '../../support/exit-meaning.ts';

/** `+5.2`, `+402`, `−100`: milliseconds from SIGTERM, as exact as they matter. */
export function momentText(ms: number): string {
  const size = Math.abs(ms);
  return `${ms < 0 ? '−' : '+'}${size < 100 ? size.toFixed(1) : size.toFixed(0)}`;
}

/** One moment, or the first and the last of several: `+5.1 to +5.4`; '' for none. */
export function momentsText(times: readonly (number | null)[]): string {
  const known = times.filter((time) => time !== null);
  if (known.length === 0) return '';
  const [first, last] = [momentText(Math.min(...known)), momentText(Math.max(...known))];
  return first === last ? first : `${first} to ${last}`;
}

/** When connections act: `+50 ms`, `+0 to +1400 ms`, `never`. */
export function actsText(times: readonly (number | null)[]): string {
  const known = times.filter((time) => time !== null);
  if (known.length === 0) return 'never';
  const [first, last] = [Math.min(...known), Math.max(...known)];
  return first === last ? `+${first} ms` : `+${first} to +${last} ms`;
}

/** How a process ended and when: `exit code 0 at +3.4`. */
export function exitText({ atMs, exitCode, signal, killed }: ProbeExit): string {
  const when = atMs === null ? '' : ` at ${momentText(atMs)}`;
  if (killed) return `killed by the lab${when}`;
  if (atMs === null) return 'no exit seen';
  return `${describeExit(exitCode ?? undefined, signal ?? undefined)}${when}`;
}

/** Counts with what they count, most frequent first: `2 served, 1 refused`; `–` for none. */
export function countsText(counts: { readonly [name: string]: number | undefined }): string {
  const known = Object.entries(counts).filter((entry): entry is [string, number] => (entry[1] ?? 0) > 0);
  if (known.length === 0) return '–';
  return known
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, count]) => `${count} ${name}`)
    .join('; ');
}

/** `quiet-idle #0–#5, #8` for each session that has evidence of this kind. */
export function evidenceText(evidence: readonly string[]): string {
  const bySession = new Map<string, number[]>();
  for (const entry of evidence) {
    const at = entry.lastIndexOf('#');
    const session = entry.slice(0, at);
    bySession.set(session, [...(bySession.get(session) ?? []), Number(entry.slice(at + 1))]);
  }
  return [...bySession].map(([session, ids]) => `${session} ${rangesText(ids)}`).join('; ');
}

function rangesText(ids: number[]): string {
  const ranges: [number, number][] = [];
  for (const id of ids.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && id <= last[1] + 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([from, to]) => (from === to ? `#${from}` : `#${from}–#${to}`)).join(', ');
}
