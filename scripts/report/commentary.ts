import { columns, type Column, type Verdict } from '../analysis/judge.ts';
import { delayOf } from './delay.ts';
import { drainText, exitsText, hitsText, lossText, seconds } from './figures.ts';
import type { RowReport, RunReport } from './model.ts';

/** A figure that the commentary asks for and the run cannot give, or gives otherwise. */
export interface CommentaryProblem {
  line: number;
  column: number;
  expected: string;
  found: string;
}

/** The commentary with the figures of a run in place of the words in braces. */
export interface Commentary {
  text: string;
  problems: CommentaryProblem[];
}

const verdicts: readonly Verdict[] = ['no loss seen', 'loses', 'loses sometimes', 'invalid', 'n/a'];

/**
 * Puts the figures of a run into a text that people wrote about it, so that none is typed by hand:
 * `{gin/naive prestop persistent}` gives the cell, with `terminations` behind it the terminations that lost
 * something, `{gin/naive drain}`, `{gin/naive exit}` and `{gin/naive strategy}` give those of the row, `{gin/naive evidence}` a
 * connection that proves each part of the strategy. What the text claims is checked: `{gin/naive naive fresh: loses}` is a problem when the run says otherwise.
 * Figures are those of `report`; with the name of a cluster in front, `{kind gin/naive drain}`, those of the run published for that, and
 * `{kind delay}` gives its propagation delay, `{kind delay quartiles}` the lower and the upper quartile.
 */
export function fillFigures(
  text: string,
  report: RunReport,
  published: ReadonlyMap<string, RunReport> = new Map(),
): Commentary {
  const problems: CommentaryProblem[] = [];
  const filled = text.replace(/\{([^{}\n]*)\}/g, (whole, words: string, offset: number) => {
    const [first = '', ...rest] = words.split(' ');
    const named = published.get(first);
    const figure = named === undefined ? figureOf(words, report) : figureOf(rest.join(' '), named);
    if ('text' in figure) return figure.text;
    problems.push({ ...placeOf(text, offset), ...figure });
    return whole;
  });
  return { text: filled, problems };
}

type Figure = { text: string } | Pick<CommentaryProblem, 'expected' | 'found'>;

function figureOf(words: string, report: RunReport): Figure {
  if (words === 'delay') return delayFigure(report);
  if (words === 'delay quartiles') return quartilesFigure(report);
  const { rows } = report;
  const [subject = '', claim] = words.split(': ');
  const [variant, ...what] = subject.split(' ');
  const row = rows.find((candidate) => candidate.variant === variant);
  if (row === undefined) {
    return { expected: 'a variant of the published run', found: JSON.stringify(variant) };
  }
  if (what.length === 1 && what[0] === 'drain') return { text: drainText(row.drainMs) };
  if (what.length === 1 && what[0] === 'strategy') return strategyFigure(row, claim);
  if (what.length === 1 && what[0] === 'evidence') return { text: evidenceText(row) };
  if (what.length === 1 && what[0] === 'exit') return { text: exitsText(row.exits) };
  return cellFigure(row, what, claim);
}

const delayNotMeasured = {
  expected: 'a run that measured the propagation delay',
  found: 'one that did not',
};

function delayFigure(report: RunReport): Figure {
  const delay = delayOf(report);
  return delay === null ? delayNotMeasured : { text: seconds(delay.usualMs) };
}

function quartilesFigure({ propagationDelay }: RunReport): Figure {
  const quartilesMs = propagationDelay?.measured?.quartilesMs;
  return quartilesMs === undefined ? delayNotMeasured : { text: quartilesMs.map(seconds).join(' and ') };
}

function strategyFigure({ probe }: RowReport, claim: string | undefined): Figure {
  const found = probe?.strategy ?? 'not probed';
  if (claim === undefined || claim === found) return { text: found };
  return { expected: claim, found: `${found} in the published run. Write the text again` };
}

/** `quiet-idle.1#0, busy-idle.1#3`: session, repetition and connection, as under 'Strategies' in the report. */
function evidenceText({ probe }: RowReport): string {
  const first = (probe?.parts ?? []).flatMap(({ evidence }) => evidence.slice(0, 1));
  return first.length === 0 ? '–' : [...new Set(first)].join(', ');
}

function cellFigure(row: RowReport, what: string[], claim: string | undefined): Figure {
  const [scenario, column, detail] = what;
  const cell = row.cells.find((candidate) => candidate.scenario === scenario)?.columns;
  const judgement = isColumn(column) ? cell?.[column] : undefined;
  if (judgement === undefined || !(detail === undefined || detail === 'terminations')) {
    const expected = `<scenario> ${columns.join('|')} [terminations], drain, exit, strategy or evidence of a measured row`;
    return { expected, found: JSON.stringify(what.join(' ')) };
  }
  if (claim !== undefined && claim !== judgement.verdict) {
    const expected = verdicts.find((verdict) => verdict === claim) ?? `one of ${verdicts.join(', ')}`;
    return { expected, found: `${judgement.verdict} in the published run. Write the text again` };
  }
  return { text: detail === undefined ? lossText(judgement) : hitsText(judgement) };
}

function isColumn(name: string | undefined): name is Column {
  return columns.some((column) => column === name);
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
