import { otherRatesText } from './figures.ts';
import { kindsLegend, lossWords } from './loss-kinds.ts';
import { phaseWords } from './losses-section.ts';
import type { RunReport } from './model.ts';
import { powerLegend } from './power-section.ts';
import { probeLegend } from './probe-sections.ts';

/** What the words and signs of a report mean; nothing of those that it does not have. */
export function legendLines(report: RunReport): string[] {
  const otherRates = otherRatesText(report);
  const isEmbedded = report.run.cluster.name === 'embedded';
  return [
    `${lossWords(report)}. Sent counts the requests started between the beginning of the restart and the stop of the load.`,
    ...kindsLegend(report),
    'fresh: GET and POST, each on a new connection. persistent: POST on connections that stay open; n/a where the server closes after each answer.',
    '0/sent (≤x %): no loss seen. A server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. It is no proof of zero.',
    ...(otherRates === undefined ? [] : [otherRates]),
    "Under 'What was lost', a share in brackets is the 95 % interval of Clopper and Pearson for terminations that lose something.",
    ...(isEmbedded ? [] : clientSideLegend(report)),
    ...powerLegend(report),
    ...probeLegend(report),
    `drain: SIGTERM to exit of a pod, shortest to longest. exit: exit code; killed: by ${isEmbedded ? 'the lab' : 'the kubelet'}, when the grace period was over.`,
  ];
}

/** Of clusters on which k6's records and the cluster's own are all that is known. */
function clientSideLegend({ rows }: RunReport): string[] {
  const found = rows
    .flatMap(({ cells }) => cells)
    .flatMap(({ columns }) => (columns === null ? [] : [columns.fresh, columns.persistent]));
  const severalPods = found.some(
    ({ terminationsWithLossAtMost }) => terminationsWithLossAtMost !== undefined,
  );
  return [
    'Nobody watches connections between k6 and the pods. Which pod lost a request is known from its answer; from the answers that came before on the same connection; or, of a new connection, from the time at which it failed: then it was an old pod that had been told to stop and had not gone.',
    ...(severalPods
      ? [
          "at least: some losses fit several terminations and are counted for none; the interval behind covers 'all' as well.",
        ]
      : []),
    ...(found.some(({ byPhase }) => byPhase.ambiguous !== undefined)
      ? [
          `${phaseWords.ambiguous}: what pods did is known to some milliseconds or less well (each timeline says how well), and the request came near a change, or fits several pods.`,
        ]
      : []),
  ];
}
