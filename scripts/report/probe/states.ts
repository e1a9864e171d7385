import type { StateFindings } from '../../analysis/probe/model.ts';
import { columnsOf } from './columns.ts';
import { actsText, countsText } from './texts.ts';

type Counts = StateFindings['outcomes'];

interface Row {
  state: string;
  acts: string;
  counts: Record<StateFindings['condition'], Counts>;
}

/** A table of what connections in each state met, quiet beside busy; the first line names the columns. */
export function renderStates(states: readonly StateFindings[]): string[] {
  const rows: Row[] = [];
  const add = (
    { state, acts }: Pick<Row, 'state' | 'acts'>,
    condition: StateFindings['condition'],
    counts: Counts,
  ) => {
    const known = rows.find((row) => row.state === state && row.acts === acts);
    const row = known ?? { state, acts, counts: { quiet: {}, busy: {} } };
    if (!known) rows.push(row);
    row.counts[condition] = sumOf(row.counts[condition], counts);
  };
  for (const { condition, state, actsAfterMs, outcomes, next } of states) {
    // One of each moment: together they are a table of their own, which the line on new connections sums up.
    const acts = state === 'late' ? 'any time' : actsText([actsAfterMs]);
    add({ state, acts: state === 'in-flight' ? '' : acts }, condition, outcomes);
    if (Object.keys(next).length > 0) add({ state: '  next request', acts: '' }, condition, next);
  }
  return columnsOf([
    ['state', 'acts', 'quiet', 'busy'],
    ...rows.map(({ state, acts, counts }) => [
      state,
      acts,
      countsText(counts.quiet),
      countsText(counts.busy),
    ]),
  ]);
}

function sumOf(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [outcome, count] of Object.entries(b)) sum[outcome] = (sum[outcome] ?? 0) + count;
  return sum;
}
