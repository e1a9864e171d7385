import { describe, expect, test } from 'vitest';
import type { SyntheticOptions, SyntheticRequest } from '../analysis/testing/synthetic.ts';
import { buildReport } from './build.ts';
import { compareRuns, type ComparedCell } from './comparison.ts';
import { renderComparison, renderShortComparison } from './comparison-markdown.ts';
import { kindRun } from './testing/kind-run.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';

const eof = { errorCode: 1000, errorText: 'EOF' };
/** On kind `toy/closing` loses what comes to a pod that ends, and `toy/bare` a single request. */
const loses =
  (options: SyntheticOptions) =>
  ({ population, terminating, id }: SyntheticRequest) => {
    if (options.variant === 'toy/closing' && options.scenario === 'naive') {
      return terminating !== undefined && population === 'fresh-get' ? eof : undefined;
    }
    return id === 'persistent-post-110' ? eof : undefined;
  };
const changed = new Set(['toy/closing naive', 'toy/bare slow']);

const embeddedRun = syntheticRun();
const embedded = buildReport(embeddedRun.info, findingsOf(embeddedRun));
const kindRunOf = kindRun((options) =>
  changed.has(`${options.variant ?? ''} ${options.scenario ?? ''}`)
    ? { ...options, fail: loses(options) }
    : options,
);
const kind = buildReport(kindRunOf.info, findingsOf(kindRunOf));
const comparison = compareRuns(kind, embedded);

const textOf = ({ variant, scenario, column, outcome }: ComparedCell) =>
  `${variant} ${scenario} ${column}: ${outcome}`;

test('cells that both runs measured validly are compared, each once', () => {
  expect(comparison.cells.map(textOf)).toEqual([
    'toy/bare naive fresh: agrees',
    'toy/bare naive persistent: agrees',
    'toy/bare prestop fresh: agrees',
    'toy/bare prestop persistent: agrees',
    'toy/bare slow fresh: agrees',
    'toy/bare slow persistent: chance',
    'toy/closing naive fresh: chance',
    'toy/closing naive persistent: agrees',
    'toy/closing prestop fresh: agrees',
    'toy/closing prestop persistent: agrees',
  ]);
  expect(comparison.notCompared).toBe(0);
});

test('a cell that is only in one run, or invalid in one, is not compared', () => {
  const only = { ...embedded, rows: embedded.rows.filter(({ variant }) => variant !== 'toy/closing') };
  expect(compareRuns(kind, only)).toMatchObject({ notCompared: 4 });
  const bare = only.rows[0]!;
  const [naive, ...others] = bare.cells;
  const columns = { ...naive!.columns!, fresh: { ...naive!.columns!.fresh, verdict: 'invalid' as const } };
  const invalid = { ...only, rows: [{ ...bare, cells: [{ ...naive!, columns }, ...others] }] };
  expect(compareRuns(kind, invalid).cells.map(textOf)).not.toContain('toy/bare naive fresh: agrees');
  expect(compareRuns(kind, invalid)).toMatchObject({ notCompared: 5 });
});

/** The same cells with as many terminations as a run with repetitions has. */
function withTerminations(factor: number) {
  const many = (report: typeof kind): typeof kind => ({
    ...report,
    rows: report.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell) => ({
        ...cell,
        columns: cell.columns && {
          fresh: times(cell.columns.fresh, factor),
          persistent: times(cell.columns.persistent, factor),
        },
      })),
    })),
  });
  return compareRuns(many(kind), many(embedded));
}

function times<Cell extends { terminations: number; terminationsWithLoss: number }>(
  cell: Cell,
  factor: number,
): Cell {
  return {
    ...cell,
    terminations: cell.terminations * factor,
    terminationsWithLoss: cell.terminationsWithLoss * factor,
  };
}

describe('where they differ', () => {
  const many = withTerminations(6);
  const differing = many.cells.filter(({ outcome }) => outcome === 'differs');

  test('more terminations tell a difference from chance', () => {
    expect(differing.map(textOf)).toContain('toy/closing naive fresh: differs');
  });

  test('the causes that the data show are named', () => {
    const cell = differing.find(({ variant }) => variant === 'toy/closing');
    expect(cell?.causes).toMatchInlineSnapshot(`
      [
        "chance: at least 6 of 18 and 0 of 18 terminations; of two runs on one cluster 1.9 % would differ at least as much (Fisher's exact test)",
        "phase: on kind 75 eof; the pod was 57 gone, 14 in one of several phases, 4 told to stop when it was to answer",
        "propagation delay: 0.37 s (up to 0.38 s) on kind, 0.50 s on the embedded cluster",
      ]
    `);
  });

  test('the document has the differences with whether they are explained, and why', () => {
    const document = renderComparison(many, {
      text: 'Because of this.',
      explains: ({ column }) => column === 'fresh',
    });
    expect(document.slice(0, document.indexOf('## Where they agree'))).toMatchInlineSnapshot(`
      "# Results on kind and on the embedded cluster compared

      10 cells (variant, scenario, kind of connection) were measured on both. The clusters agree in 8 and differ in 1; in 1 only one run saw a loss, no more often than chance allows. Two cells agree when both lose something, or neither does, or the column applies to neither; how much is lost may differ.

      - kind (Kubernetes v1.34.4): run 2026-11-22T10-00-00 of 2026-11-22, 1 repetition, 200 requests/s; propagation delay 0.37 s (up to 0.38 s)
      - the embedded cluster: run 2026-11-20T10-00-00 of 2026-11-20, 1 repetition, 200 requests/s; propagation delay 0.50 s

      ## Where they differ

      | Variant       | Scenario | Connections | kind       | the embedded cluster | Explained |
      | ------------- | -------- | ----------- | ---------- | -------------------- | --------- |
      | \`toy/closing\` | naive    | fresh       | 75/232 eof | 0/232 (≤63 %)        | below     |

      What the data show that may be why:

      - \`toy/closing\`, naive, fresh:
        - chance: at least 6 of 18 and 0 of 18 terminations; of two runs on one cluster 1.9 % would differ at least as much (Fisher's exact test)
        - phase: on kind 75 eof; the pod was 57 gone, 14 in one of several phases, 4 told to stop when it was to answer
        - propagation delay: 0.37 s (up to 0.38 s) on kind, 0.50 s on the embedded cluster

      ## Why

      Because of this.

      ## Where one run is not enough to tell

      | Variant    | Scenario | Connections | kind      | the embedded cluster |
      | ---------- | -------- | ----------- | --------- | -------------------- |
      | \`toy/bare\` | slow     | persistent  | 1/106 eof | 0/106 (≤63 %)        |

      What the data show that may be why:

      - \`toy/bare\`, slow, persistent:
        - chance: 0 of 18 and 0 of 18 terminations; of two runs on one cluster 100 % would differ at least as much (Fisher's exact test)
        - phase: on kind 1 eof; the pod was 1 serving when it was to answer

      "
    `);
  });

  test('in short', () => {
    expect(renderShortComparison(many)).toMatchInlineSnapshot(`
      "Results on kind and on the embedded cluster compared: 10 cells (variant, scenario, kind of connection) were measured on both. The clusters agree in 8 and differ in 1; in 1 only one run saw a loss, no more often than chance allows. They differ here; [results/comparison.md](results/comparison.md) has what the data say to that:

      - \`toy/closing\`, naive, fresh: 75/232 eof on kind, 0/232 (≤63 %) on the embedded cluster"
    `);
  });
});

test('two runs that agree everywhere', () => {
  const same = compareRuns(embedded, embedded);
  expect(same.cells.every(({ outcome, causes }) => outcome === 'agrees' && causes.length === 0)).toBe(true);
  const document = renderComparison(same, { text: '', explains: () => false });
  expect(document).toContain('## Where they differ\n\nNowhere.');
  expect(document).not.toContain('## Why');
  expect(renderShortComparison(same)).toContain(
    '[results/comparison.md](results/comparison.md) has all cells.',
  );
});
