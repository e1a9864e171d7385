import { otherRatesText } from './figures.ts';
import { kindsLegend, lossWords } from './loss-kinds.ts';
import type { RunReport } from './model.ts';
import { powerLegend } from './power-section.ts';
import { probeLegend } from './probe-sections.ts';

/** What the words and signs of a report mean; nothing of those that it does not have. */
export function legendLines(report: RunReport): string[] {
  const otherRates = otherRatesText(report);
  return [
    `${lossWords(report)}. Sent counts the requests started between the beginning of the restart and the stop of the load.`,
    ...kindsLegend(report),
    'fresh: GET and POST, each on a new connection. persistent: POST on connections that stay open; n/a where the server closes after each answer.',
    '0/sent (≤x %): no loss seen. A server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. It is no proof of zero.',
    ...(otherRates === undefined ? [] : [otherRates]),
    "Under 'What was lost', a share in brackets is the 95 % interval of Clopper and Pearson for terminations that lose something.",
    ...powerLegend(report),
    ...probeLegend(report),
    'drain: SIGTERM to exit of a pod, shortest to longest. exit: exit code; killed: by the lab, when the grace period was over.',
  ];
}
