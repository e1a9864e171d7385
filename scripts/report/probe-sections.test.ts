import { describe, expect, test } from 'vitest';
import type { ProbedVariant } from '../analysis/probed.ts';
import { buildReport } from './build.ts';
import { contradictionLines, hasProbes, probeCells, probeLegend, strategyLines } from './probe-sections.ts';
import { findings } from './probe/testing/findings.ts';
import { cleanSweep, probed, rowOf, sweep } from './testing/probed.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';

const run = syntheticRun();
const trials = findingsOf(run);
const reportOf = (...variants: ProbedVariant[]) => buildReport(run.info, trials, { probed: variants });
const failed = probed({ probe: null, sweep: null, failure: 'it did not listen within 10 s' });
const busy = 'sweep 1: its requests were sent up to 11.7 ms from their moment: the machine was too busy';

test.each<{ name: string; variant: ProbedVariant; lines: string[] }>([
  {
    name: 'probe and sweep without a loss',
    variant: probed(),
    lines: [
      'toy/bare: one more message; the sweep lost none of 400 requests: 0.30 ms would have been found with 95 %',
      'toy/bare: one more message (quiet): quiet-idle.1#0, quiet-idle.1#1',
    ],
  },
  {
    name: 'a sweep that lost requests',
    variant: probed({ sweep: sweep() }),
    lines: [
      'toy/bare: one more message; the sweep lost 14 of 400 requests: a window of 1.4 ms (0.77 ms to 2.3 ms)',
      'toy/bare: one more message (quiet): quiet-idle.1#0, quiet-idle.1#1',
    ],
  },
  {
    name: 'much evidence',
    variant: probed({
      probe: findings({
        strategy: 'immediate hang-up',
        parts: ['quiet', 'busy'].map((condition) => ({
          label: 'immediate hang-up',
          condition: condition as 'quiet' | 'busy',
          evidence: [0, 1, 2, 3, 4].map((id) => `${condition}-idle.1#${id}`),
        })),
      }),
      sweep: null,
    }),
    lines: [
      'toy/bare: immediate hang-up; no sweep',
      'toy/bare: immediate hang-up (quiet): quiet-idle.1#0, quiet-idle.1#1, quiet-idle.1#2 and 2 more',
      'toy/bare: immediate hang-up (busy): busy-idle.1#0, busy-idle.1#1, busy-idle.1#2 and 2 more',
    ],
  },
  {
    name: 'an invalid sweep',
    variant: probed({
      sweep: cleanSweep({ terminations: 0, sent: 0, smallestWindowMs: null, invalid: [busy] }),
    }),
    lines: [
      'toy/bare: one more message; no valid sweep',
      'toy/bare: one more message (quiet): quiet-idle.1#0, quiet-idle.1#1',
      `toy/bare: ${busy}`,
    ],
  },
  {
    name: 'one of two sweeps is invalid',
    variant: probed({ sweep: cleanSweep({ invalid: [busy] }) }),
    lines: [
      'toy/bare: one more message; the sweep lost none of 400 requests: 0.30 ms would have been found with 95 %',
      'toy/bare: one more message (quiet): quiet-idle.1#0, quiet-idle.1#1',
      `toy/bare: ${busy}`,
    ],
  },
  {
    name: 'a probe that shows nothing',
    variant: probed({
      probe: findings({ strategy: 'unknown', parts: [], invalid: ['quiet-idle.1: there was no SIGTERM'] }),
      sweep: null,
    }),
    lines: ['toy/bare: unknown; no sweep', 'toy/bare: quiet-idle.1: there was no SIGTERM'],
  },
  {
    name: 'a probe that failed',
    variant: failed,
    lines: ['toy/bare: not probed: it did not listen within 10 s'],
  },
])('strategies: $name', ({ variant, lines }) => {
  expect(strategyLines(reportOf(variant))).toEqual(lines);
});

test('a run without probes says nothing of them', () => {
  const report = reportOf();
  expect(hasProbes(report)).toBe(false);
  expect([strategyLines(report), contradictionLines(report), probeLegend(report)]).toEqual([[], [], []]);
});

test('cells of the table: those of a row that was probed', () => {
  const cellsOf = (variant: ProbedVariant) => probeCells(rowOf(reportOf(variant), 'toy/bare'));
  expect(cellsOf(probed())).toEqual(['served', 'refused', 'waits for requests in flight']);
  expect(cellsOf(failed)).toBeUndefined();
  expect(probeCells(rowOf(reportOf(), 'toy/bare'))).toBeUndefined();
});

describe('probe against load', () => {
  const hangUp = findings({
    strategy: 'immediate hang-up',
    parts: [{ label: 'immediate hang-up', condition: 'quiet', evidence: ['quiet-idle.1#0'] }],
  });
  const refusing = findings({
    arrivals: [
      {
        condition: 'quiet',
        afterMs: 100,
        served: false,
        beforeReaction: false,
        evidence: 'quiet-late.1#1',
      },
    ],
  });

  test.each<{ name: string; variants: ProbedVariant[]; lines: string[] }>([
    {
      name: 'load lost what the probe saw answered',
      variants: [probed()],
      lines: [
        'toy/bare, prestop, persistent: the probe predicts no loss, as the next request is answered and the close is announced (quiet-idle.1#0, quiet-idle.1#1); the load lost 75 of 116 (reset)',
      ],
    },
    {
      name: 'load lost nothing of what the probe saw refused',
      variants: [probed({ variant: 'toy/closing', probe: refusing })],
      lines: [
        'toy/closing, naive, fresh: the probe predicts a loss, as new connections still come for 0.5 s after SIGTERM, and 1 of 1 were not served (quiet-late.1#1); the load lost none of 232',
        'toy/closing, prestop, fresh: the probe predicts a loss, as new connections still come for 0.5 s after SIGTERM, and 1 of 1 were not served (quiet-late.1#1); the load lost none of 232',
      ],
    },
    {
      name: 'both agree',
      variants: [probed({ probe: hangUp })],
      lines: ['none: all cells of run 2026-11-20T10-00-00 are as the probes predict, or prove nothing'],
    },
    {
      name: 'no probe to compare with',
      variants: [failed, probed({ variant: 'toy/closing', probe: findings({ invalid: ['x'] }) })],
      lines: ['nothing to compare: no probe says what the load should have lost'],
    },
  ])('$name', ({ variants, lines }) => {
    expect(contradictionLines(reportOf(...variants))).toEqual(lines);
  });
});
