import type { ProbeCondition } from '../../timeline/probe-records.ts';
import type { Baseline } from './baseline.ts';
import { strategyLabels, type PartLabel, type SessionFindings, type StrategyPart } from './model.ts';
import { partsOfCondition } from './parts.ts';

/** The strategy in one string, what it is made of, and why it is not known, if it is not. */
export interface Strategy {
  text: string;
  parts: StrategyPart[];
  invalid: string[];
}

const labelOrder: readonly PartLabel[] = [...strategyLabels, 'closes after an unannounced answer'];

/** The strategy that valid sessions show, by the decision table in the README of this folder. */
export function strategyOf(sessions: readonly SessionFindings[], baseline: Baseline): Strategy {
  const partsOf = (condition: ProbeCondition) => {
    const found = partsOfCondition(
      sessions.filter((session) => session.condition === condition),
      baseline,
    );
    return labelOrder.flatMap((label) => {
      const evidence = found.get(label) ?? [];
      return evidence.length === 0 ? [] : [{ label, condition, evidence }];
    });
  };
  const quiet = partsOf('quiet');
  const busy = partsOf('busy');
  const text = joinedText(labelsOf(quiet), labelsOf(busy));
  const invalid = text === undefined ? ['no connection shows what the server does after SIGTERM'] : [];
  return { text: text ?? 'unknown', parts: [...quiet, ...busy], invalid };
}

function labelsOf(parts: readonly StrategyPart[]): PartLabel[] {
  return parts.map(({ label }) => label);
}

function joinedText(quiet: readonly PartLabel[], busy: readonly PartLabel[]): string | undefined {
  if (quiet.length === 0 && busy.length === 0) return undefined;
  if (quiet.length === 0) return `${labelText(busy)} (busy)`;
  if (busy.length === 0) return `${labelText(quiet)} (quiet)`;
  const busyLikeQuiet = busy.filter(
    (label) => quiet.includes(label) || !needsRequestsInFlight.includes(label),
  );
  // All that was open ended with the process: nothing was left to act when requests were in flight.
  const onlyEnds = busyLikeQuiet.length === 0 && quiet.join() === 'immediate hang-up';
  if (quiet.join() === busyLikeQuiet.join() || onlyEnds) return labelText([...new Set([...quiet, ...busy])]);
  return `${labelText(quiet)} (quiet), ${labelText(busy)} (busy)`;
}

/** Nothing is in flight in a quiet session, so it cannot tell what would become of that. */
const needsRequestsInFlight: readonly PartLabel[] = ['cuts in flight', 'closes after an unannounced answer'];

function labelText(labels: readonly PartLabel[]): string {
  const parts = labelOrder.filter((label) => labels.includes(label) && !isImplied(label, labels));
  const [first = ''] = parts;
  const isWhole = parts.length === 1 && first !== 'closes after an unannounced answer';
  return isWhole ? first : `mixed: ${parts.join(' + ')}`;
}

/** An exit that cuts requests closes idle connections too; and who gives no notice gives none after an answer. */
function isImplied(label: PartLabel, labels: readonly PartLabel[]): boolean {
  if (label === 'closes after an unannounced answer') {
    return labels.includes('immediate hang-up') || labels.includes('swallows');
  }
  if (label !== 'immediate hang-up' || !labels.includes('cuts in flight')) return false;
  return labels.every((other) => other === label || needsRequestsInFlight.includes(other));
}
