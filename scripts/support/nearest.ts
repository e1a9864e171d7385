import leven from 'leven';

/**
 * The candidate that a misspelt name most probably meant, ignoring case: at most a third of the letters
 * would have to change, or it is the only one that begins with the name. Undefined when none is near.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3)),
    )
    .toSorted((a, b) => a.distance - b.distance);
  const [completion, another] = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  return ranked[0]?.candidate ?? (wanted.length >= 3 && another === undefined ? completion : undefined);
}
