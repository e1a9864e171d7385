import type { ProbeFindings } from '../../analysis/probe/model.ts';
import type { ProbeInfo } from './model.ts';
import { painter, type Paint } from '../paint.ts';
import { columnsOf } from './columns.ts';
import { renderStates } from './states.ts';
import { evidenceText } from './texts.ts';
import { renderTimeline } from './timelines.ts';

/** A probe for a terminal: what was seen, session by session; what each state met; and what follows. */
export function renderProbe(probe: ProbeInfo, findings: ProbeFindings, options: { colour: boolean }): string {
  const paint = painter(options.colour);
  const lines = [
    ...renderHeading(probe, paint),
    '',
    ...renderTimelines(probe, findings, paint),
    ...stateLines(findings, paint),
    ...renderStrategy(findings, paint),
  ];
  return `${lines.join('\n')}\n`;
}

/** What was probed, and what has to be known of the place. */
export function renderHeading({ variant, about, pid1, interrupted }: ProbeInfo, paint: Paint): string[] {
  const notPid1 =
    'The pods were not PID 1: a server without a SIGTERM handler ends here but not in a container.';
  return [
    paint('bold', variant),
    ...(about === '' ? [] : [`  ${about}`]),
    ...(pid1 ? [] : [`  ${paint('yellow', notPid1)}`]),
    ...(interrupted ? [`  ${paint('yellow', 'Interrupted: only what was recorded until then.')}`] : []),
  ];
}

function renderTimelines(probe: ProbeInfo, { sessions }: ProbeFindings, paint: Paint): string[] {
  const shown = sessions.filter(({ repetition }) => repetition === 1);
  const which = probe.repeat === 1 ? '' : `, the first of ${probe.repeat} repetitions`;
  return [
    paint('bold', `What was seen (milliseconds from SIGTERM${which})`),
    ...shown.flatMap((session) => [...renderTimeline(session, paint), '']),
  ];
}

function stateLines(findings: ProbeFindings, paint: Paint): string[] {
  if (findings.states.length === 0) return [];
  const table = renderStates(findings.states);
  return [
    paint('bold', 'States (connections by what they met)'),
    ...table.map((line, index) => `  ${index === 0 ? paint('dim', line) : line}`),
    ...unstableLines(findings),
    '',
  ];
}

/** Repeated and yet different: none of it may pass for what the server always does. */
function unstableLines({ states }: ProbeFindings): string[] {
  const unstable = states.filter(({ stable, state }) => !stable && state !== 'late');
  if (unstable.length === 0) return [];
  const names = unstable.map(({ condition, state, actsAfterMs, beforeReaction }) => {
    const acts = actsAfterMs === null ? '' : ` at +${actsAfterMs} ms`;
    const race = beforeReaction === 0 ? '' : ` (${beforeReaction} acted before the first reaction)`;
    return `${condition} ${state}${acts}${race}`;
  });
  return [`  Unstable, not all connections met the same: ${names.join(', ')}`];
}

/** Of several repetitions: how many show the same strategy by themselves. */
function repetitionLines({ byRepetition }: ProbeFindings): string[] {
  const counts = Object.entries(byRepetition).sort(([, a = 0], [, b = 0]) => b - a);
  const all = counts.reduce((sum, [, count = 0]) => sum + count, 0);
  if (all < 2) return [];
  return counts.map(([strategy, count]) => `  ${count} of ${all} repetitions alone: ${strategy}`);
}

function renderStrategy(findings: ProbeFindings, paint: Paint): string[] {
  const { strategy, parts, inFlight, late, drainBound, exits, invalid } = findings;
  const facts = columnsOf([
    ['in flight', inFlight],
    ['new connections', late],
    ['drain', drainBound.text],
    ['exit', exits.join(', ') || 'none seen'],
  ]);
  return [
    `${paint('bold', 'Strategy')}: ${paint('bold', strategy)}`,
    ...repetitionLines(findings),
    ...columnsOf(
      parts.map(({ label, condition, evidence }) => [
        `  ${label} (${condition})`,
        `${evidence.length} connections: ${evidenceText(evidence)}`,
      ]),
    ),
    ...facts.map((line) => `  ${line}`),
    ...invalid.map((reason) => `  ${paint('yellow', reason)}`),
  ];
}
