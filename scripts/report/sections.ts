import type { ControlCheck } from '../analysis/control-check.ts';
import { clusterLines } from './cluster-section.ts';
import { environmentLines } from './environment-section.ts';
import { controlMark, falseAlarmText, reproduceCommand } from './figures.ts';
import { instrumentLines } from './instrument-section.ts';
import { legendLines } from './legend.ts';
import { differingLines, lossLines } from './losses-section.ts';
import type { RunReport } from './model.ts';
import { powerLines, powerTitle } from './power-section.ts';
import { contradictionLines, strategyLines } from './probe-sections.ts';

/** A part of the report below the table: a heading and sentences. */
export interface Section {
  title: string;
  lines: string[];
}

/** What stands above everything when the run proves nothing; undefined when its controls passed. */
export function bannerOf({ verdict, controls, run }: RunReport): Section | undefined {
  if (verdict === 'proven') return undefined;
  if (verdict === 'invalid') {
    const failed = controls.filter(({ passed }) => passed === false);
    return {
      title:
        'INVALID RUN: the lab did not see what its controls are built to show. Do not use the figures below.',
      lines: failed.map(
        ({ control, scenario, kind, expectation, seen }) =>
          `${control}, ${placeText({ kind, scenario })}: expected ${expectation}; seen: ${seen}`,
      ),
    };
  }
  const why = run.options.controls
    ? 'not all of its controls have run'
    : 'it was asked to do without controls';
  return { title: `UNPROVEN RUN: ${why}, so nothing shows that the lab would have seen a loss.`, lines: [] };
}

/** Where a control was looked at: a scenario, or what was done instead of a restart under load. */
function placeText({ kind, scenario }: Pick<ControlCheck, 'kind' | 'scenario'>): string {
  return kind === 'restart' ? scenario : kind;
}

/** Everything below the table, in order. Sections without a line are left out. */
export function sectionsOf(report: RunReport): Section[] {
  return [
    { title: 'How to read it', lines: legendLines(report) },
    { title: 'What was lost', lines: lossLines(report) },
    { title: powerTitle, lines: powerLines(report) },
    { title: 'Strategies', lines: strategyLines(report) },
    { title: 'Probe against load', lines: contradictionLines(report) },
    { title: 'Repetitions that differ', lines: differingLines(report) },
    { title: 'Controls', lines: controlLines(report) },
    { title: 'The instrument', lines: instrumentLines(report.trials) },
    { title: 'Remarks', lines: remarkLines(report) },
    { title: 'Cluster', lines: clusterLines(report) },
    { title: 'Environment', lines: environmentLines(report) },
    { title: 'Measure one row again', lines: reproduceLines(report) },
  ].filter(({ lines }) => lines.length > 0);
}

function controlLines({ controls }: RunReport): string[] {
  return controls.map((check) => {
    const place = `${check.control}, ${placeText(check)}`;
    const alarm =
      check.falseAlarmBasis === ''
        ? ''
        : `; false alarms: ${falseAlarmText(check.falseAlarmRate)} (${check.falseAlarmBasis})`;
    return `${controlMark(check)}: ${place}: ${check.expectation}; seen: ${check.seen}${alarm}`;
  });
}

function remarkLines({ remarks, trials, run }: RunReport): string[] {
  return [
    ...remarks,
    ...run.rowFailures.map(({ variant, reason }) => `${variant}: ${reason.split('\n')[0] ?? ''}`),
    ...trials.flatMap(({ id, invalid, flags }) => [
      ...invalid.map(({ code, text }) => `${id} is invalid (${code}): ${text}`),
      ...flags.map(({ code, text }) => `${id} (${code}): ${text}`),
    ]),
  ];
}

function reproduceLines({ rows, run }: RunReport): string[] {
  return rows
    .filter(({ scenarios }) => scenarios.length > 0)
    .map(({ variant, scenarios }) => {
      const scenario = run.scenarios.find(({ id }) => scenarios.includes(id))?.id ?? '';
      return reproduceCommand(variant, scenario, run.cluster.name);
    });
}
